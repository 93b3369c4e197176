import { requestContext } from '@bridge/context'
import { inline } from '@bridge/core'
import {
  BadRequestException,
  ConflictException,
  Controller,
  DefaultValuePipe,
  Get,
  NotFoundException,
  Param,
  ParseBoolPipe,
  ParseEnumPipe,
  Post,
  Query
} from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiProduces, ApiQuery, ApiTags } from '@nestjs/swagger'
import { DelaysDto, ReportsDto, StreamDto } from './flight.dto.js'
import { FlightTasks } from './flight-tasks.js'
import { StreamNotes } from './stream-notes.js'
import { WholeNumber } from './whole-number.js'

enum By {
  hour = 'hour',
  distance = 'distance'
}

/** Tells the client which parameter is wrong, and what it may be. */
const badRequest = (message: string) => ({ exceptionFactory: () => new BadRequestException(message) })
const isInlineQuery = [
  'inline',
  new DefaultValuePipe(false),
  new ParseBoolPipe(badRequest('inline must be true or false'))
] as const

const minDelayQuery = new WholeNumber({ initial: 60, min: -1000, max: 10_000 })

/** The questions about the flights. A handler returns the call; Nest awaits it, or streams it. */
@ApiTags('flights')
@Controller()
export class FlightsController {
  // #region shown: inline
  // The same functions on this thread, to show what they do to the event loop.
  readonly #onTheLoop = new FlightTasks(inline)
  // #endregion
  #isReporting = false

  constructor(
    private readonly tasks: FlightTasks,
    private readonly streams: StreamNotes
  ) {}

  @Get('delays')
  @ApiOperation({ summary: 'delays by hour of departure or by distance: half a second of hard work' })
  @ApiOkResponse({ type: [DelaysDto] })
  @ApiQuery({ name: 'inline', required: false, description: 'on the event loop, in the place of the pool' })
  @ApiQuery({ name: 'by', required: false, enum: By })
  // #region shown: the handler
  delays(
    @Query(
      'by',
      new DefaultValuePipe(By.hour),
      new ParseEnumPipe(By, badRequest('by must be hour or distance'))
    )
    by: By,
    @Query(...isInlineQuery) isInline: boolean
  ): Promise<DelaysDto[]> {
    return (isInline ? this.#onTheLoop : this.tasks).delays(by)
  }
  // #endregion

  @Post('reports')
  @ApiOperation({ summary: 'eight reports at once, for the page; one visitor at a time' })
  @ApiQuery({ name: 'inline', required: false, description: 'on the event loop, in the place of the pool' })
  async reports(
    @Query(...isInlineQuery) isInline: boolean,
    @Query('count', new WholeNumber({ initial: 8, min: 1, max: 16 })) count: number
  ): Promise<ReportsDto> {
    if (this.#isReporting)
      throw new ConflictException('reports are being made already; try again when they are done')
    this.#isReporting = true
    const tasks = isInline ? this.#onTheLoop : this.tasks
    const began = performance.now()
    try {
      await Promise.all(Array.from({ length: count }, () => tasks.delays(By.hour)))
    } finally {
      this.#isReporting = false
    }
    return { reports: count, took: Math.round(performance.now() - began) }
  }

  @Get('flights')
  @ApiOperation({
    summary: 'every flight that was so late, row by row; its request id is the name of the stream'
  })
  @ApiProduces('application/x-ndjson')
  flights(@Query('minDelay', minDelayQuery) minDelay: number) {
    return this.tasks.flights(minDelay, this.streams.open(requestContext.get()?.id ?? ''))
  }

  @Get('streams/:id')
  @ApiOperation({ summary: 'what the stream of a request has made so far' })
  stream(@Param('id') id: string): StreamDto {
    const stream = this.streams.look(id)
    if (stream === undefined) throw new NotFoundException(`no stream of a request ${id} is known`)
    return stream
  }
}
