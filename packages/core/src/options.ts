import { checkCount, checkMilliseconds, checkOptions, checkSignal, checkText, refuse } from './check.js'
import type { Executor } from './executor/executor.js'

/**
 * What one call may be told, by `call.with(options)` or as the defaults of a `bridge`. An executor without a queue or
 * without threads, such as `inline`, has no use for `priority`, `affinity` and `onTimeout`, and ignores them.
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
  /**
   * What becomes of a task on a thread that is stopped and does not end in its time: `kill` ends its thread, with whatever
   * else runs there; `abandon` lets it run on, and its late answer is discarded. Unless set, the executor chooses.
   */
  onTimeout?: 'abandon' | 'kill' | undefined
  /** Calls with the same key run on the same thread, while that thread lives. */
  affinity?: string | undefined
  /**
   * How many items of a stream may be made ahead of its consumer, where it is made on another thread; 0 makes each when
   * it is asked for. Unless set, the executor chooses.
   */
  highWaterMark?: number | undefined
  /**
   * Makes each step of a stream when it is asked for, so that `next(value)` gives the generator its value. Without it a
   * generator on another thread takes none, and `next(value)` is refused.
   */
  twoWay?: boolean | undefined
  /** Milliseconds that `break` and `return()` wait for the `finally` of a generator on another thread. */
  closeTimeout?: number | undefined
}

/** What calls of an imported module are told unless they are told otherwise; they run where it was imported. */
export interface ImportOptions<Keep extends KeepName = never> extends Omit<CallOptions, 'executor'> {
  /**
   * The exported classes whose instances stay where they are, and come back as remote objects: by their names, or `true`
   * for all that have methods. Those of a class with `Symbol.dispose` or `Symbol.asyncDispose` stay anyway; those of others
   * are copied. Where the module's type is given, the names are given with it, so that the types know of them:
   * `import<typeof import('./tasks.js'), 'Connection'>(url, { keep: ['Connection'] })`.
   */
  keep?: (Keep & true) | readonly (Keep & string)[] | undefined
}

/** The name of a class whose instances stay, or `true` for all. */
export type KeepName = true | string

/** What `importSync()` may be told besides. */
export interface ImportSyncOptions<Keep extends KeepName = never> extends ImportOptions<Keep> {
  /**
   * Whether the module is looked at now, which blocks until it is loaded: what comes back then has its exports and no
   * others, and its constants are values.
   */
  eager?: boolean | undefined
}

/** What a stream of a call is told. */
export type StreamOptions = Pick<CallOptions, 'highWaterMark' | 'twoWay' | 'closeTimeout'>

const DURATIONS = ['timeout', 'runTimeout', 'itemTimeout', 'closeTimeout'] as const
const SHARED = [...DURATIONS, 'signal', 'priority', 'affinity', 'onTimeout', 'highWaterMark', 'twoWay']
const KNOWN = [...SHARED, 'executor']
const IMPORTED = [...SHARED, 'keep']

/** Refuses options that make no sense, at the call. */
export function checkCallOptions(where: string, options: CallOptions | undefined, known = KNOWN): void {
  if (options === undefined) return
  checkOptions(where, options, known)
  for (const name of DURATIONS) checkMilliseconds(where, name, options[name])
  checkSignal(where, options.signal)
  if (options.executor !== undefined && typeof (options.executor as Partial<Executor>).start !== 'function') {
    refuse(where, 'executor must be an Executor', options.executor)
  }
  if (options.priority !== undefined && !Number.isFinite(options.priority)) {
    refuse(where, 'priority must be a number', options.priority)
  }
  if (options.affinity !== undefined) checkText(where, 'affinity', options.affinity)
  if (![undefined, 'abandon', 'kill'].includes(options.onTimeout))
    refuse(where, "onTimeout must be 'abandon' or 'kill'", options.onTimeout)
  checkCount(where, 'highWaterMark', options.highWaterMark, 0)
  if (typeof (options.twoWay ?? false) !== 'boolean')
    refuse(where, 'twoWay must be a boolean', options.twoWay)
}

/** The same for those of an import. */
export function checkImportOptions(
  where: string,
  options: ImportSyncOptions<KeepName> | undefined,
  isBlocking = false
): void {
  checkCallOptions(where, options, isBlocking ? [...IMPORTED, 'eager'] : IMPORTED)
  const { keep, eager } = options ?? {}
  const isList = Array.isArray(keep) && keep.every(name => typeof name === 'string')
  if (keep !== undefined && keep !== true && !isList) {
    refuse(where, 'keep must be true or the names of classes', keep)
  }
  if (typeof (eager ?? false) !== 'boolean') refuse(where, 'eager must be a boolean', eager)
}
