import { CallTimeoutError } from '@bridge/core'
import { InjectPool } from '@bridge/nest'
import type { Pool } from '@bridge/pool'
import { Controller, GatewayTimeoutException, Get, Post, Query } from '@nestjs/common'
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger'
import { WholeNumber } from '../flights/whole-number.js'
import { StuckTasks } from './stuck-tasks.js'

/** What becomes of work that never ends, and of a thread that ends. */
@ApiTags('limits')
@Controller()
export class LimitsController {
  constructor(
    private readonly tasks: StuckTasks,
    @InjectPool('stuck') private readonly pool: Pool
  ) {}

  // The interceptor would answer 504 by itself; this tells what became of the thread as well.
  @Get('slow')
  @ApiOperation({ summary: 'work that never ends, for so many milliseconds' })
  @ApiResponse({
    status: 504,
    description: 'its time is over; which thread was ended, and which one is in its place'
  })
  async slow(@Query('timeout', new WholeNumber({ initial: 200, min: 1, max: 60_000 })) timeout: number) {
    const before = await this.tasks.thread()
    try {
      await this.tasks.stuck().with({ timeout })
    } catch (cause) {
      if (!(cause instanceof CallTimeoutError)) throw cause
      const message = `no answer within ${timeout} ms; the stuck thread was ended and replaced`
      const thread = { before, after: await this.tasks.thread() }
      throw new GatewayTimeoutException({ statusCode: 504, message, thread }, { cause })
    }
  }

  @Post('crash')
  @ApiOperation({ summary: 'process.exit() in a worker' })
  @ApiResponse({ status: 503, description: 'the worker is lost; the next request is served' })
  crash(): Promise<never> {
    return this.tasks.crash()
  }

  @Get('thread')
  @ApiOperation({ summary: 'the thread that the next such work runs on' })
  async thread() {
    const thread = await this.tasks.thread()
    return { thread, ended: this.pool.stats().ended.byCause }
  }
}
