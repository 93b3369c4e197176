import { CallTimeoutError, inline } from '@bridge/core'
import {
  Controller,
  DefaultValuePipe,
  GatewayTimeoutException,
  Get,
  ParseBoolPipe,
  ParseEnumPipe,
  Query
} from '@nestjs/common'
import { FlightTasks } from './flight-tasks.js'
import { WholeNumber } from './whole-number.js'

enum By {
  hour = 'hour',
  distance = 'distance'
}

/** The questions about the flights. A handler returns the call; Nest awaits it, or streams it. */
@Controller()
export class FlightsController {
  // The same functions without the pool, to show what they do to the event loop.
  readonly #onTheLoop = new FlightTasks(inline)

  constructor(private readonly tasks: FlightTasks) {}

  @Get('delays')
  delays(
    @Query('by', new DefaultValuePipe(By.hour), new ParseEnumPipe(By)) by: By,
    @Query('inline', new DefaultValuePipe(false), ParseBoolPipe) isInline: boolean
  ) {
    return (isInline ? this.#onTheLoop : this.tasks).delays(by)
  }

  @Get('flights')
  flights(@Query('minDelay', new WholeNumber({ initial: 60, min: -1000, max: 10_000 })) minDelay: number) {
    return this.tasks.flights(minDelay)
  }

  // The interceptor would answer 504 as well; this one tells what became of the worker.
  @Get('slow')
  async slow(@Query('timeout', new WholeNumber({ initial: 200, min: 1, max: 60_000 })) timeout: number) {
    try {
      await this.tasks.stuck().with({ timeout })
    } catch (error) {
      if (!(error instanceof CallTimeoutError)) throw error
      throw new GatewayTimeoutException(
        `No answer within ${timeout} ms. The worker was stuck and is replaced: /whoami tells of another thread now.`,
        { cause: error }
      )
    }
  }
}
