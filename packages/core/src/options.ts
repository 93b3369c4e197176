import { checkMilliseconds, checkOptions, checkSignal, refuse } from './check.js'
import type { Executor } from './executor/executor.js'

/** What one call may be told, by `call.with(options)` or as the defaults of a `bridge`. */
export interface CallOptions {
  /** Milliseconds the whole call may take from the moment it starts, waiting in queues included. */
  timeout?: number | undefined
  /** Milliseconds the execution alone may take, from the moment the function is entered. */
  runTimeout?: number | undefined
  /** Aborts the call; its `reason` is what the call rejects with. */
  signal?: AbortSignal | undefined
  /** Runs the call elsewhere than its default; only a function that an executor can import can move. */
  executor?: Executor | undefined
}

const KNOWN = ['timeout', 'runTimeout', 'signal', 'executor'] as const

/** Refuses options that make no sense, at the call. */
export function checkCallOptions(where: string, options: CallOptions | undefined): void {
  if (options === undefined) return
  checkOptions(where, options, KNOWN)
  checkMilliseconds(where, 'timeout', options.timeout)
  checkMilliseconds(where, 'runTimeout', options.runTimeout)
  checkSignal(where, options.signal)
  if (options.executor !== undefined && typeof (options.executor as Partial<Executor>).start !== 'function') {
    refuse(where, 'executor must be an Executor', options.executor)
  }
}
