import { BRIDGE_EXECUTOR } from '@bridge/nest'
import type { Pool } from '@bridge/pool'
import { Controller, Get, Header, Inject } from '@nestjs/common'
import { FlightTasks } from './flight-tasks.js'
import { LoopLag } from './loop-lag.js'
import { page } from './page.js'

/** What the server tells about itself. */
@Controller()
export class StatusController {
  constructor(
    private readonly tasks: FlightTasks,
    private readonly loop: LoopLag,
    @Inject(BRIDGE_EXECUTOR) private readonly pool: Pool
  ) {}

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  page() {
    return page
  }

  @Get('whoami')
  async whoami() {
    return { ...(await this.tasks.whoami()), pool: this.pool.stats() }
  }

  @Get('lag')
  lag() {
    return this.loop.read()
  }
}
