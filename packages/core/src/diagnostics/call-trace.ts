import diagnostics from 'node:diagnostics_channel'
import type { CallTarget } from '../call/target.js'

/** What a subscriber of `bridge:call` is given, one object for all the events of a call. */
export interface CallTrace {
  /** The function's name. */
  readonly name: string
  /** The executor's name. */
  readonly executor: string
  /** Milliseconds from the call's start to its function's, once it has ended: the time in queues. */
  waitTime: number
  /** Milliseconds that the function took, once it has ended. */
  runTime: number
  /** The call's outcome, once it is there. */
  result?: unknown
  error?: unknown
}

/**
 * The tracing channel of every call, `tracing:bridge:call:start` and so on, as `diagnostics_channel` names them:
 * `start` and `end` around starting it (or, when it blocks, around all of it), `asyncStart` and `asyncEnd` when
 * an awaited call settles, `error` when it fails.
 *
 * @example
 * ```ts
 * import { tracingChannel } from 'node:diagnostics_channel'
 * tracingChannel('bridge:call').subscribe({ asyncEnd: ({ name, executor }) => console.log(name, executor), … })
 * ```
 */
const channels = diagnostics.tracingChannel<unknown, CallTrace>('bridge:call')

/** The same, for this package's own use. */
export const callTrace = {
  /** Whether anybody listens: nothing is made for a trace that nobody reads. */
  get hasSubscribers(): boolean {
    return channels.hasSubscribers
  },

  /** Traces a call that is awaited; `start` gets the trace to hand to the executor. */
  promise(target: CallTarget, start: (trace?: CallTrace) => Promise<unknown>): Promise<unknown> {
    if (!this.hasSubscribers) return start()
    const trace = traceOf(target)
    const began = performance.now()
    const run = (): Promise<unknown> => start(trace).finally(() => complete(trace, began))
    return channels.tracePromise(run, trace) as Promise<unknown>
  },

  /** Traces a call that blocks. */
  sync(target: CallTarget, run: (trace?: CallTrace) => unknown): unknown {
    if (!this.hasSubscribers) return run()
    const trace = traceOf(target)
    const began = performance.now()
    const timed = (): unknown => {
      try {
        return run(trace)
      } finally {
        complete(trace, began)
      }
    }
    return channels.traceSync(timed, trace)
  }
}

function traceOf(target: CallTarget): CallTrace {
  return { name: target.name, executor: target.executor.name, waitTime: 0, runTime: 0 }
}

/** An executor that has a queue tells how long the call waited there; the rest of the time it ran. */
function complete(trace: CallTrace, began: number): void {
  trace.runTime = performance.now() - began - trace.waitTime
}
