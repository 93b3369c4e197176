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
import { fleet } from '../cluster/machines.js'
import { DelaysDto, ReportsDto, StreamDto } from './flight.dto.js'
import { FlightTasks } from './flight-tasks.js'
import { counted, StreamNotes } from './stream-notes.js'
import { WholeNumber } from './whole-number.js'

enum By {
  hour = 'hour',
  distance = 'distance'
}

/** The response says which parameter is wrong, and its allowed values. */
const badRequest = (message: string) => ({ exceptionFactory: () => new BadRequestException(message) })
const isInlineQuery = [
  'inline',
  new DefaultValuePipe(false),
  new ParseBoolPipe(badRequest('inline must be true or false'))
] as const

const minDelayQuery = new WholeNumber({ initial: 60, min: -1000, max: 10_000 })

/** The queries about the flights. A handler returns the call; Nest awaits or streams it. */
@ApiTags('flights')
@Controller()
export class FlightsController {
  // #region shown: inline
  // The same functions on this thread, to show how they block the event loop.
  readonly #onTheLoop = new FlightTasks(inline)
  // #endregion
  #isReporting = false

  constructor(
    private readonly tasks: FlightTasks,
    private readonly streams: StreamNotes
  ) {}

  @Get('delays')
  @ApiOperation({ summary: 'delays by hour of departure or by distance: half a second of CPU-heavy work' })
  @ApiOkResponse({ type: [DelaysDto] })
  @ApiQuery({ name: 'inline', required: false, description: 'on the event loop instead of the pool' })
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
  @ApiQuery({ name: 'inline', required: false, description: 'on the event loop instead of the pool' })
  async reports(
    @Query(...isInlineQuery) isInline: boolean,
    @Query('count', new WholeNumber({ initial: 8, min: 1, max: 16 })) count: number
  ): Promise<ReportsDto> {
    if (this.#isReporting)
      throw new ConflictException('reports are already running; try again when they are done')
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
    summary: 'every flight with at least this delay, row by row; its request id is the name of the stream'
  })
  @ApiProduces('application/x-ndjson')
  flights(@Query('minDelay', minDelayQuery) minDelay: number) {
    const notes = this.streams.open(requestContext.get()?.id ?? '')
    // Another machine does not share this machine's memory, so arriving rows are counted here.
    return fleet === undefined
      ? this.tasks.flights(minDelay, notes)
      : counted(this.tasks.flights(minDelay), notes)
  }

  @Get('streams/:id')
  @ApiOperation({ summary: 'what the stream of a request has made so far' })
  stream(@Param('id') id: string): StreamDto {
    const stream = this.streams.progressOf(id)
    if (stream === undefined) throw new NotFoundException(`there is no stream of a request ${id}`)
    return stream
  }
}
