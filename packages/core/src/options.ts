import { checkMilliseconds, checkOptions, checkSignal, checkText, refuse } from './check.js'
import type { Executor } from './executor/executor.js'

/**
 * What one call may be told, by `call.with(options)` or as the defaults of a `bridge`. An executor without a queue or
 * without threads, such as `inline`, has no use for `priority` and `affinity`, and ignores them.
 */
export interface CallOptions {
  /** Milliseconds the whole call may take from the moment it starts, waiting in queues included. */
  timeout?: number | undefined
  /** Milliseconds the execution alone may take, from the moment the function is entered. */
  runTimeout?: number | undefined
  /** Milliseconds that each pull of a stream may wait for its item; a call that gives one value has none. */
  itemTimeout?: number | undefined
  /** Aborts the call; its `reason` is what the call rejects with. */
  signal?: AbortSignal | undefined
  /** Runs the call elsewhere than its default; only a function that an executor can import can move. */
  executor?: Executor | undefined
  /** Of the calls that wait for an executor's threads, the one with the highest goes first; 0 unless set. */
  priority?: number | undefined
  /** Calls with the same key run on the same thread, while that thread lives. */
  affinity?: string | undefined
}

const DURATIONS = ['timeout', 'runTimeout', 'itemTimeout'] as const
const KNOWN = [...DURATIONS, 'signal', 'executor', 'priority', 'affinity']

/** Refuses options that make no sense, at the call. */
export function checkCallOptions(where: string, options: CallOptions | undefined): void {
  if (options === undefined) return
  checkOptions(where, options, KNOWN)
  for (const name of DURATIONS) checkMilliseconds(where, name, options[name])
  checkSignal(where, options.signal)
  if (options.executor !== undefined && typeof (options.executor as Partial<Executor>).start !== 'function') {
    refuse(where, 'executor must be an Executor', options.executor)
  }
  if (options.priority !== undefined && !Number.isFinite(options.priority)) {
    refuse(where, 'priority must be a number', options.priority)
  }
  if (options.affinity !== undefined) checkText(where, 'affinity', options.affinity)
}
