import { newResource } from '../ambient.js'
import type { StreamSource, TaskOperation } from '../executor/executor.js'
import { diagnostics } from '../node.js'
import { isSource } from '../stream/source-mark.js'
import { blockedTrace } from './blocked-trace.js'
import { tracedSource } from './traced-source.js'

/**
 * What a subscriber of `bridge:call` is given, one object for all the events of a call: what a tracer keeps for the call it
 * may keep in a `WeakMap` by it.
 */
export interface CallTrace {
  /** The function's name; of a member it is `Class.member`, of a constructor `new Class`. */
  readonly name: string
  /** What is done: a function is called, or what `TaskOperation` says; `callback` is a call of a function of the parent's. */
  readonly kind: 'call' | 'callback' | TaskOperation
  /** URL of the module that exports the function, where it is known by that. */
  readonly module: string | undefined
  /** The executor's name; `with({ executor })` may still change it. */
  readonly executor: string
  /**
   * The id of the thread that runs it, from when it is sent there, and where its stream lives; `undefined` in place, and on
   * an executor that does not tell.
   */
  readonly thread: number | undefined
  /** Whether it has given a stream: its trace then ends with that. */
  readonly isStream: boolean
  /** Whether its caller blocks: the trace then ends with `end`, and else with `asyncEnd`. */
  readonly isBlocking: boolean
  /** Milliseconds from the call's start to its function's, once it has ended: the time in queues. */
  readonly waitTime: number
  /** Milliseconds that the function took, once it has ended; of a stream until its end, its consumer's time included. */
  readonly runTime: number
  /** The call's outcome, once it is there; of a stream what its generator has returned. */
  readonly result?: unknown
  readonly error?: unknown
}

/** What of a call's target is told. */
interface TraceTarget {
  readonly name: string
  readonly executor: { readonly name: string }
  readonly module: string | undefined
  readonly operation?: TaskOperation | undefined
  readonly isCallback?: boolean
}

/**
 * The tracing channel of every call, `tracing:bridge:call:start` and so on, as `diagnostics_channel` names them. `start`
 * comes when the call is made, in the context of its maker; of what is lazy, when it is opened. What a tracer binds to it
 * (`bindStore`) is in place where the call's context is captured, and where the function runs on this thread. `end` follows
 * when the call has been sent, `asyncStart` and `asyncEnd` when it has settled; of a call that blocks, `end` alone when it
 * is over. `error` comes before its last event where it failed.
 *
 * @example
 * ```ts
 * import { tracingChannel } from 'node:diagnostics_channel'
 * const { start } = tracingChannel('bridge:call')
 * start.bindStore(spans, trace => startSpan(trace.name, { parent: spans.getStore() }))
 * ```
 */
const channels = diagnostics.tracingChannel<unknown, CallTrace>('bridge:call')

/** A stream that was dropped half read, or was never read, ends with that. */
const dropped = new FinalizationRegistry<TracedCall>(call => call.settle(undefined))

/** Whether calls that are made now are traced. */
export function isTraced(): boolean {
  return channels.hasSubscribers
}

/** A call that is traced: it tells of its beginning once, and of one end. */
export class TracedCall {
  readonly #trace: { -readonly [K in keyof CallTrace]: CallTrace[K] }
  /** All that surrounds its making, from its beginning on with what is bound to that. */
  #context = newResource()
  #phase: 'made' | 'begun' | 'sent' | 'over' = 'made'
  #started = 0
  /** What stands for its stream. Its consumer alone holds that. */
  #source: WeakRef<StreamSource> | undefined

  constructor({ name, executor, module, operation, isCallback }: TraceTarget) {
    this.#trace = {
      name,
      kind: operation ?? (isCallback === true ? 'callback' : 'call'),
      module: module === '' || isCallback === true ? undefined : module,
      executor: executor.name,
      thread: undefined,
      isStream: false,
      isBlocking: false,
      waitTime: 0,
      runTime: 0
    }
  }

  /** It begins, unless it has: `capture` runs where what is bound to that is in place. */
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

  /** Runs something in the context of its making, and of its beginning. */
  run<R>(fn: () => R): R {
    return this.#context.runInAsyncScope(fn)
  }

  /** Its caller has sent it elsewhere before it was sent. */
  moveTo(executor: { readonly name: string }): void {
    this.#trace.executor = executor.name
  }

  /** It starts; what an executor tells of it. */
  start(): { waitTime: number; thread?: number | undefined } {
    this.#started = performance.now()
    return this.#trace
  }

  /** Its caller blocks until it is over. */
  block(): void {
    if (this.#phase === 'begun') this.#trace.isBlocking = true
  }

  /** It has been sent, and goes on without its caller. */
  onSent(): void {
    if (this.#phase !== 'begun' || this.#trace.isBlocking) return
    this.#phase = 'sent'
    this.run(() => channels.end.publish(this.#trace))
  }

  /** Its outcome: where that is a stream, the call goes on until the stream has ended. */
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

  /** What its consumer holds of it now: it ends when that is dropped. */
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
    // An executor that has a queue tells how long the call waited there; the rest of the time it ran.
    if (this.#started > 0) trace.runTime = performance.now() - this.#started - trace.waitTime
    this.run(() => {
      if (how === 'error') channels.error.publish(trace)
      if (trace.isBlocking) return channels.end.publish(trace)
      channels.asyncStart.publish(trace)
      channels.asyncEnd.publish(trace)
    })
  }
}

/** Runs a call that blocks, traced or not; `entry` is the method that the user called. */
export function blocking(
  { name, executor }: TraceTarget,
  traced: TracedCall | undefined,
  entry: () => unknown,
  run: () => unknown
): unknown {
  const tellBlocked = blockedTrace(entry)
  if (tellBlocked === undefined && traced === undefined) return run()
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
    tellBlocked?.({ name, executor: executor.name, duration: performance.now() - began })
  }
}
