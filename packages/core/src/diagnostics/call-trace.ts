import type { CallTarget } from '../call/target.js'
import { diagnostics } from '../node.js'
import { blockedTrace } from './blocked-trace.js'

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

/** The same, for this package's own use: nothing is made for a trace that nobody reads. */
export const callTrace = {
  get hasSubscribers(): boolean {
    return channels.hasSubscribers
  },

  /** Traces a call that is awaited; `start` gets the trace to hand to the executor. */
  promise(target: CallTarget, start: (trace?: CallTrace) => Promise<unknown>): Promise<unknown> {
    if (!channels.hasSubscribers) return start()
    const { trace, complete } = begin(target)
    return channels.tracePromise(() => start(trace).finally(complete), trace) as Promise<unknown>
  },

  /** Traces a call that blocks; `entry` is the method that the user called. */
  sync(target: CallTarget, entry: () => unknown, run: (trace?: CallTrace) => unknown): unknown {
    const tellBlocked = blockedTrace(entry)
    if (tellBlocked === undefined && !channels.hasSubscribers) return run()
    const { trace, complete } = begin(target)
    const timed = (): unknown => {
      try {
        return run(trace)
      } finally {
        const { name, executor, waitTime, runTime } = complete()
        tellBlocked?.({ name, executor, duration: waitTime + runTime })
      }
    }
    return channels.traceSync(timed, trace)
  }
}

function begin(target: CallTarget): { trace: CallTrace; complete: () => CallTrace } {
  const began = performance.now()
  const trace: CallTrace = { name: target.name, executor: target.executor.name, waitTime: 0, runTime: 0 }
  const complete = (): CallTrace => {
    // An executor that has a queue tells how long the call waited there; the rest of the time it ran.
    trace.runTime = performance.now() - began - trace.waitTime
    return trace
  }
  return { trace, complete }
}
