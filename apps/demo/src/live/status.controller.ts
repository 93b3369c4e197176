import { InjectPool, StreamAs } from '@bridge/nest'
import type { Pool } from '@bridge/pool'
import { Controller, Get, Sse } from '@nestjs/common'
import { ApiOperation, ApiTags } from '@nestjs/swagger'
import { fleet, type Machines } from '../cluster/machines.js'
import { FlightTasks } from '../flights/flight-tasks.js'
import { LiveFeed } from './live-feed.js'
import { LoopLag } from './loop-lag.js'

/** The server's status. */
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
  @ApiOperation({ summary: 'the lightest possible response, to measure its latency' })
  light() {
    return { light: true }
  }

  @Get('whoami')
  @ApiOperation({ summary: 'the id of the request as seen in a worker, and its thread' })
  async whoami() {
    return { ...(await this.tasks.whoami()), ...(fleet === undefined ? { pool: this.pool.stats() } : {}) }
  }

  @Get('machines')
  @ApiOperation({
    summary: 'the processes in which the tasks run, if they do not run on threads of this process'
  })
  async machines(): Promise<Machines | { server: undefined }> {
    return fleet === undefined ? { server: undefined } : fleet.look()
  }

  @Get('lag')
  @ApiOperation({ summary: 'how late the event loop was since the last request, in milliseconds' })
  lag() {
    return this.loop.read()
  }

  @Sse('live')
  @StreamAs('sse', { heartbeat: 15_000 })
  @ApiOperation({
    summary: 'ten times per second the delay of the event loop and the pools; calls and threads that end'
  })
  live() {
    return this.feed.read()
  }
}
