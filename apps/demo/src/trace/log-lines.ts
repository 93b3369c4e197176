import { isMainThread, threadId } from 'node:worker_threads'
import { requestContext } from '@bridge/context'
import { trace } from '@opentelemetry/api'

/** A line of the log of this thread. */
export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly where: string
  readonly request: string | undefined
  readonly trace: string | undefined
  readonly message: string
}

/** The maximum number of lines that are kept until they are taken. */
const MAX_LINES = 500
let lines: LogLine[] = []

/** Logs a line with the request and the trace that it belongs to. */
export function log(message: string): void {
  lines.push({
    at: Date.now(),
    where: isMainThread ? 'main thread' : `worker ${threadId}`,
    request: requestContext.get()?.id,
    trace: trace.getActiveSpan()?.spanContext().traceId,
    message
  })
  if (lines.length > MAX_LINES) lines.shift()
}

/** Takes the lines of one trace that were logged on this thread. */
export function takeLines(traceId: string): LogLine[] {
  const taken = lines.filter(line => line.trace === traceId)
  lines = []
  return taken
}
