import { CallTimeoutError } from '@bridge/core'
import { InjectPool } from '@bridge/nest'
import type { Pool } from '@bridge/pool'
import { Controller, GatewayTimeoutException, Get, Post, Query } from '@nestjs/common'
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger'
import { WholeNumber } from '../flights/whole-number.js'
import { StuckTasks } from './stuck-tasks.js'

/** Shows what happens to work that never ends, and to a thread that ends. */
@ApiTags('limits')
@Controller()
export class LimitsController {
  constructor(
    private readonly tasks: StuckTasks,
    @InjectPool('stuck') private readonly pool: Pool
  ) {}

  // The interceptor would answer 504 by itself; this response also shows what happened to the thread.
  @Get('slow')
  @ApiOperation({ summary: 'work that never ends, with a limit in milliseconds' })
  @ApiResponse({
    status: 504,
    description: 'its time is over; shows which thread was terminated, and its replacement'
  })
  async slow(@Query('timeout', new WholeNumber({ initial: 200, min: 1, max: 60_000 })) timeout: number) {
    const before = await this.tasks.thread()
    try {
      await this.tasks.stuck().with({ timeout })
    } catch (cause) {
      if (!(cause instanceof CallTimeoutError)) throw cause
      const message = `no answer within ${timeout} ms; the stuck thread was terminated and replaced`
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
  @ApiOperation({ summary: 'the thread on which the next such work runs' })
  async thread() {
    const thread = await this.tasks.thread()
    return { thread, ended: this.pool.stats().ended.byCause }
  }
}
