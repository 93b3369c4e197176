import { CallTimeoutError, inline } from '@bridge/core'
import {
  BadRequestException,
  Controller,
  DefaultValuePipe,
  GatewayTimeoutException,
  Get,
  ParseBoolPipe,
  ParseEnumPipe,
  Query
} from '@nestjs/common'
import { FlightTasks } from './flight-tasks.js'
import { StuckWork } from './stuck-tasks.js'
import { WholeNumber } from './whole-number.js'

enum By {
  hour = 'hour',
  distance = 'distance'
}

/** Tells the client which parameter is wrong, and what it may be. */
const badRequest = (message: string) => ({ exceptionFactory: () => new BadRequestException(message) })

/** The questions about the flights. A handler returns the call; Nest awaits it, or streams it. */
@Controller()
export class FlightsController {
  // The same functions without the pool, to show what they do to the event loop.
  readonly #onTheLoop = new FlightTasks(inline)

  constructor(
    private readonly tasks: FlightTasks,
    private readonly work: StuckWork
  ) {}

  @Get('delays')
  delays(
    @Query(
      'by',
      new DefaultValuePipe(By.hour),
      new ParseEnumPipe(By, badRequest('by must be hour or distance'))
    )
    by: By,
    @Query(
      'inline',
      new DefaultValuePipe(false),
      new ParseBoolPipe(badRequest('inline must be true or false'))
    )
    isInline: boolean
  ) {
    return (isInline ? this.#onTheLoop : this.tasks).delays(by)
  }

  @Get('flights')
  flights(@Query('minDelay', new WholeNumber({ initial: 60, min: -1000, max: 10_000 })) minDelay: number) {
    return this.tasks.flights(minDelay)
  }

  // The interceptor would answer 504 by itself; this tells what became of the thread as well.
  @Get('slow')
  async slow(@Query('timeout', new WholeNumber({ initial: 200, min: 1, max: 60_000 })) timeout: number) {
    const { tasks } = this.work
    const before = await tasks.thread()
    try {
      await tasks.stuck().with({ timeout })
    } catch (cause) {
      if (!(cause instanceof CallTimeoutError)) throw cause
      const message = `no answer within ${timeout} ms; the stuck thread was ended and replaced`
      const thread = { before, after: await tasks.thread() }
      throw new GatewayTimeoutException({ statusCode: 504, message, thread }, { cause })
    }
  }
}
