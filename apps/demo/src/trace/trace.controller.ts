import { requestContext } from '@bridge/context'
import { Controller, Get } from '@nestjs/common'
import { ApiOperation, ApiTags } from '@nestjs/swagger'
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { log, takeLines } from './log-lines.js'
import { takeSpans } from './telemetry.js'
import { TracedTasks } from './traced-tasks.js'

/** The value that the task requests by a callback during its work. */
const LATE = 60

@ApiTags('status')
@Controller('trace')
export class TraceController {
  readonly #tracer = trace.getTracer('flights')

  constructor(private readonly tasks: TracedTasks) {}

  @Get()
  @ApiOperation({ summary: 'this request: its spans and its log lines, on both threads' })
  async trace() {
    const traceId = await this.#request()
    // Outside of the displayed trace.
    const worker = await context.with(ROOT_CONTEXT, () => this.tasks.kept(traceId))
    const spans = [...takeSpans(traceId), ...worker.spans]
    const lines = [...takeLines(traceId), ...worker.lines]
    return {
      request: requestContext.get()?.id,
      trace: traceId,
      spans: spans.sort((one, other) => one.start - other.start),
      lines: lines.sort((one, other) => one.at - other.at)
    }
  }

  #request(): Promise<string> {
    return this.#tracer.startActiveSpan('GET /trace', async span => {
      log('the request is here')
      const late = await this.tasks.lateFlights(() => this.#late())
      log(`${late} flights are answered`)
      span.end()
      return span.spanContext().traceId
    })
  }

  /** Runs on the main thread, while the worker waits for it. */
  async #late(): Promise<number> {
    return this.#tracer.startActiveSpan('callback: what is late?', span => {
      log(`the worker asks what is late: ${LATE} minutes`)
      span.end()
      return LATE
    })
  }
}
