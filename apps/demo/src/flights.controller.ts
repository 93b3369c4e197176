import { CallTimeoutError, inline } from '@bridge/core'
import { BRIDGE_EXECUTOR } from '@bridge/nest'
import type { Pool } from '@bridge/pool'
import {
  Controller,
  DefaultValuePipe,
  Get,
  Inject,
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

  constructor(
    private readonly tasks: FlightTasks,
    @Inject(BRIDGE_EXECUTOR) private readonly pool: Pool
  ) {}

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
}
