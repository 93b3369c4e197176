import { newResource } from '../ambient.js'
import type { StreamSource, Task, TaskOperation } from '../executor/executor.js'
import { diagnostics } from '../node.js'
import { isSource } from '../stream/source-mark.js'
import { blockedTrace } from './blocked-trace.js'
import { tracedSource } from './traced-source.js'

/**
 * The message of the channel `bridge:call`: one object for all events of a call, so a tracer can use it as the key of a
 * `WeakMap`.
 */
export interface CallTrace {
  /** The function's name; `Class.member` for a member, `new Class` for a constructor. */
  readonly name: string
  /** What is done: a function is called, or a `TaskOperation`; `callback` is a call of a function of the parent. */
  readonly kind: 'call' | 'callback' | TaskOperation
  /** URL of the module that exports the function, if it is known. */
  readonly module: string | undefined
  /** The executor's name; `with({ executor })` may still change it. */
  readonly executor: string
  /**
   * The id of the thread that runs it and keeps its stream, from the moment when it is sent there; `undefined` on the
   * calling thread, and on an executor that does not report it.
   */
  readonly thread: number | undefined
  /** The address of the worker that runs it, if that is on another machine, once the worker has received the call. */
  readonly worker: string | undefined
  /** Whether it returned a stream: its trace then ends with the stream. */
  readonly isStream: boolean
  /** Whether its caller blocks: the trace then ends with `end`, otherwise with `asyncEnd`. */
  readonly isBlocking: boolean
  /**
   * Milliseconds from the start of the call to the start of the function, once the function has ended: the time in
   * queues.
   */
  readonly waitTime: number
  /**
   * Milliseconds that the function took, once it has ended; for a stream until its end, including the time of its
   * consumer.
   */
  readonly runTime: number
  /** The call's result, once it has settled; for a stream, the generator's return value. */
  readonly result?: unknown
  readonly error?: unknown
}

/** The part of a call's target that is reported. */
interface TraceTarget {
  readonly name: string
  readonly executor: { readonly name: string }
  readonly module: string | undefined
  readonly operation?: TaskOperation | undefined
  readonly isCallback?: boolean
}

/**
 * The tracing channel of every call, `tracing:bridge:call:start` and so on, as `diagnostics_channel` names them.
 * `start` is published when the call is made, in its context; for a lazy call, when it is opened. A store that a tracer
 * binds to it (`bindStore`) is active where the call's context is captured, and where the function runs on this thread.
 * `end` follows when the call has been sent, `asyncStart` and `asyncEnd` when it has settled; a blocking call publishes
 * only `end`, when it is over. `error` precedes the last event of a call that failed.
 *
 * @example
 * ```ts
 * import { tracingChannel } from 'node:diagnostics_channel'
 * const { start } = tracingChannel('bridge:call')
 * start.bindStore(spans, trace => startSpan(trace.name, { parent: spans.getStore() }))
 * ```
 */
const channels = diagnostics.tracingChannel<unknown, CallTrace>('bridge:call')

/** The trace of a stream that is garbage-collected before its end, or was never read, ends at the collection. */
const dropped = new FinalizationRegistry<TracedCall>(call => call.settle(undefined))

/** Whether calls that are made now are traced. */
export function isTraced(): boolean {
  return channels.hasSubscribers
}

/** A call that is traced: it reports one start and one end. */
export class TracedCall {
  readonly #trace: { -readonly [K in keyof CallTrace]: CallTrace[K] }
  /** The whole context of its making; from its start on, with the stores that are bound to that. */
  #context = newResource()
  #phase: 'made' | 'begun' | 'sent' | 'over' = 'made'
  #started = 0
  /** The object that represents its stream. Only its consumer holds that strongly. */
  #source: WeakRef<StreamSource> | undefined

  constructor({ name, executor, module, operation, isCallback }: TraceTarget) {
    this.#trace = {
      name,
      kind: operation ?? (isCallback === true ? 'callback' : 'call'),
      module: module === '' || isCallback === true ? undefined : module,
      executor: executor.name,
      thread: undefined,
      worker: undefined,
      isStream: false,
      isBlocking: false,
      waitTime: 0,
      runTime: 0
    }
  }

  /** Starts the trace once: `capture` runs with the bound stores active. */
  begin(capture: () => void): void {
    if (this.#phase !== 'made') return
    this.#phase = 'begun'
    const { start } = channels
    try {
      this.run(() =>
        start.runStores(this.#trace, () => {
          this.#context = newResource()
          capture()
        })
      )
    } catch (error) {
      this.fail(error)
      throw error
    }
  }

  /** Runs a function in the context of the call's making and start. */
  run<R>(fn: () => R): R {
    return this.#context.runInAsyncScope(fn)
  }

  /** Its caller has moved it to another executor before it was sent. */
  moveTo(executor: { readonly name: string }): void {
    this.#trace.executor = executor.name
  }

  /** Starts the call; the executor writes to the returned record. */
  start(): NonNullable<Task['trace']> {
    this.#started = performance.now()
    return this.#trace
  }

  /** Its caller blocks until it is over. */
  block(): void {
    if (this.#phase === 'begun') this.#trace.isBlocking = true
  }

  /** It has been sent, and continues without its caller. */
  onSent(): void {
    if (this.#phase !== 'begun' || this.#trace.isBlocking) return
    this.#phase = 'sent'
    this.run(() => channels.end.publish(this.#trace))
  }

  /** Its outcome: if that is a stream, the call continues until the stream has ended. */
  outcome(outcome: unknown): unknown {
    if (!isSource(outcome)) return outcome
    const known = this.#source?.deref()
    if (known !== undefined) return known
    this.#trace.isStream = true
    const source = tracedSource(outcome, this)
    this.#source = new WeakRef(source)
    this.watch(source)
    return source
  }

  /** The object that its consumer holds now: the trace ends when that is garbage-collected. */
  watch(held: object): void {
    if (this.#phase === 'over') return
    dropped.unregister(this)
    dropped.register(held, this, this)
  }

  settle(result: unknown): void {
    this.#end('result', result)
  }

  fail(error: unknown): void {
    this.#end('error', error)
  }

  #end(how: 'result' | 'error', outcome: unknown): void {
    if (this.#phase === 'made' || this.#phase === 'over') return
    this.onSent()
    this.#phase = 'over'
    dropped.unregister(this)
    const trace = this.#trace
    trace[how] = outcome
    // An executor with a queue reports how long the call waited there; the rest is the time it ran.
    if (this.#started > 0) trace.runTime = performance.now() - this.#started - trace.waitTime
    this.run(() => {
      if (how === 'error') channels.error.publish(trace)
      if (trace.isBlocking) return channels.end.publish(trace)
      channels.asyncStart.publish(trace)
      channels.asyncEnd.publish(trace)
    })
  }
}

/** Runs a blocking call, traced or not; `entry` is the method that the user called. */
export function blocking(
  { name, executor }: TraceTarget,
  traced: TracedCall | undefined,
  entry: () => unknown,
  run: () => unknown
): unknown {
  const reportBlocked = blockedTrace(entry)
  if (reportBlocked === undefined && traced === undefined) return run()
  const began = performance.now()
  try {
    traced?.block()
    const outcome = run()
    if (traced === undefined) return outcome
    const shown = traced.outcome(outcome)
    if (!isSource(shown)) traced.settle(shown)
    return shown
  } catch (error) {
    traced?.fail(error)
    throw error
  } finally {
    reportBlocked?.({ name, executor: executor.name, duration: performance.now() - began })
  }
}
