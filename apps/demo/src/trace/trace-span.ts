import { isMainThread, threadId } from 'node:worker_threads'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node'

/** A span, for the page. */
export interface TraceSpan {
  readonly id: string
  readonly parent: string | undefined
  readonly name: string
  readonly where: string
  /** Milliseconds since the epoch. */
  readonly start: number
  readonly duration: number
  /** For a call: its task, and the milliseconds that it waited in queues. */
  readonly task: string | undefined
  readonly wait: number | undefined
}

export function spanOf(span: ReadableSpan): TraceSpan {
  const milliseconds = ([seconds, nanoseconds]: readonly [number, number]): number =>
    seconds * 1000 + nanoseconds / 1e6
  return {
    id: span.spanContext().spanId,
    parent: span.parentSpanContext?.spanId,
    name: span.name,
    where: isMainThread ? 'main thread' : `worker ${threadId}`,
    start: milliseconds(span.startTime),
    duration: milliseconds(span.duration),
    task: span.attributes['bridge.task'] as string | undefined,
    wait: span.attributes['bridge.wait_time'] as number | undefined
  }
}
