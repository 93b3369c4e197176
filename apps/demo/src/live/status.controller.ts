import { InjectPool, StreamAs } from '@bridge/nest'
import type { Pool } from '@bridge/pool'
import { Controller, Get, Sse } from '@nestjs/common'
import { ApiOperation, ApiTags } from '@nestjs/swagger'
import { FlightTasks } from '../flights/flight-tasks.js'
import { LiveFeed } from './live-feed.js'
import { LoopLag } from './loop-lag.js'

/** What the server tells about itself. */
@ApiTags('status')
@Controller()
export class StatusController {
  constructor(
    private readonly tasks: FlightTasks,
    private readonly feed: LiveFeed,
    private readonly loop: LoopLag,
    @InjectPool() private readonly pool: Pool
  ) {}

  @Get('light')
  @ApiOperation({ summary: 'the lightest answer there is, to see how long it waits' })
  light() {
    return { light: true }
  }

  @Get('whoami')
  @ApiOperation({ summary: 'the id of the request, as a worker sees it, and its thread' })
  async whoami() {
    return { ...(await this.tasks.whoami()), pool: this.pool.stats() }
  }

  @Get('lag')
  @ApiOperation({ summary: 'how late the event loop was since this was asked last, in milliseconds' })
  lag() {
    return this.loop.read()
  }

  @Sse('live')
  @StreamAs('sse', { heartbeat: 15_000 })
  @ApiOperation({
    summary: 'ten times a second the delay of the event loop and the pools; calls and threads that end'
  })
  live() {
    return this.feed.read()
  }
}
