import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel'
import type { CallTrace } from '@bridge/core'
import { context, type Span, SpanStatusCode, trace } from '@opentelemetry/api'
import './carrier.js'
import { type Traced, traced } from './traced-context.js'

type CallChannel = TracingChannel<unknown, CallTrace>

/** The spans of the calls in flight. */
const spans = new Map<CallTrace, Span>()

let stop: (() => void) | undefined

/**
 * Adds a span `bridge.call` for each bridge call that is made on this thread: its parent is the span in which the call is
 * made, and the task's own spans are its children. Its attributes are `bridge.task`, `bridge.kind` (the kind of call: a
 * function, a constructor, a callback, …), `bridge.executor`, `bridge.thread` if it ran on one, and `bridge.wait_time`
 * and `bridge.run_time` in milliseconds. A stream's span ends with the stream. The error of a failed call is recorded.
 * Returns a function that stops the tracing and ends the spans of the calls in flight; on a thread that traces already it
 * adds nothing.
 *
 * Call it in a module that is loaded with the SDK; for calls that tasks make, also in the pool's `setup`.
 *
 * @example
 * ```ts
 * import { traceCalls } from '@bridge/context/otel'
 * traceCalls()
 * ```
 */
export function traceCalls(): () => void {
  stop ??= start()
  return stop
}

function start(): () => void {
  const channels: CallChannel = tracingChannel('bridge:call')
  const ends = { start() {}, end, asyncStart() {}, asyncEnd: finish, error }
  channels.start.bindStore(traced, begin as (trace: unknown) => Traced)
  channels.subscribe(ends)
  const own = (): void => {
    // It may have been called before, and another tracing may have started since.
    if (stop !== own) return
    stop = undefined
    channels.start.unbindStore(traced)
    channels.unsubscribe(ends)
    for (const call of [...spans.keys()]) finish(call)
  }
  return own
}

function begin(call: CallTrace): Traced {
  const within = context.active()
  const span = trace.getTracer('@bridge/context').startSpan(
    'bridge.call',
    {
      attributes: { 'bridge.task': call.name, 'bridge.kind': call.kind, 'bridge.executor': call.executor }
    },
    within
  )
  spans.set(call, span)
  return { within, ofCall: trace.setSpan(within, span) }
}

/** The last event of a call that blocks; for any other call it only means that the call has been sent. */
function end(call: CallTrace): void {
  if (call.isBlocking) finish(call)
}

function error(call: CallTrace): void {
  const span = spans.get(call)
  if (span === undefined) return
  const { error } = call
  const message = error instanceof Error ? error.message : String(error)
  span.recordException(error instanceof Error ? error : message)
  span.setStatus({ code: SpanStatusCode.ERROR, message })
}

function finish(call: CallTrace): void {
  const span = spans.get(call)
  if (span === undefined) return
  spans.delete(call)
  // The call may have been sent to another executor than planned at first.
  span.setAttributes({
    'bridge.executor': call.executor,
    'bridge.wait_time': call.waitTime,
    'bridge.run_time': call.runTime
  })
  if (call.thread !== undefined) span.setAttribute('bridge.thread', call.thread)
  if (call.worker !== undefined) span.setAttribute('bridge.worker', call.worker)
  span.end()
}
