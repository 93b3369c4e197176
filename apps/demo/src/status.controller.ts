import { Controller, Get, Header } from '@nestjs/common'
import { FlightTasks } from './flight-tasks.js'
import { LoopLag } from './loop-lag.js'
import { page } from './page.js'

/** What the server tells about itself. */
@Controller()
export class StatusController {
  constructor(
    private readonly tasks: FlightTasks,
    private readonly loop: LoopLag
  ) {}

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  page() {
    return page
  }

  @Get('whoami')
  whoami() {
    return this.tasks.whoami()
  }

  @Get('lag')
  lag() {
    return this.loop.read()
  }
}
