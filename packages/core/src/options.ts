import { checkCount, checkMilliseconds, checkOptions, checkSignal, checkText, refuse } from './check.js'
import { InvalidArgumentError } from './errors/errors.js'
import type { Executor } from './executor/executor.js'

/**
 * Options of one call, given by `call.with(options)` or as the defaults of a `bridge`. An executor without a queue or
 * without threads, such as `inline`, ignores `priority`, `affinity` and `onTimeout`.
 */
export interface CallOptions {
  /** Milliseconds the whole call may take from the moment it starts, waiting in queues included. */
  timeout?: number | undefined
  /** Milliseconds the execution alone may take, from the moment the function is entered. */
  runTimeout?: number | undefined
  /** Milliseconds that each pull of a stream may wait for its item; ignored by a call that returns one value. */
  itemTimeout?: number | undefined
  /** Aborts the call; its `reason` is what the call rejects with. */
  signal?: AbortSignal | undefined
  /** Runs the call on another executor than its default; only a function that an executor can import can move. */
  executor?: Executor | undefined
  /** Of the calls that wait for an executor's threads, the one with the highest priority runs first; 0 unless set. */
  priority?: number | undefined
  /**
   * What happens to a task on a thread that is stopped and does not end in time: `kill` terminates its thread, with
   * everything else that runs there; `abandon` lets the task continue, and discards its late answer. Unless set, the
   * executor chooses.
   */
  onTimeout?: 'abandon' | 'kill' | undefined
  /** Calls with the same key run on the same thread, while that thread lives. */
  affinity?: string | undefined
  /**
   * How many items of a stream may be produced ahead of its consumer, if it is produced on another thread; with 0 each
   * item is produced when it is requested. Unless set, the executor chooses.
   */
  highWaterMark?: number | undefined
  /**
   * Runs each step of a stream when it is requested, so that `next(value)` passes the value to the generator. Without
   * it a generator on another thread takes no value, and `next(value)` is refused.
   */
  twoWay?: boolean | undefined
  /** Milliseconds that `break` and `return()` wait for the `finally` of a generator on another thread. */
  closeTimeout?: number | undefined
  /**
   * How often the call may be sent again when its worker is lost, or never acknowledged it; 0 unless set, and a call
   * then runs at most once. An error of the task itself is not retried. An executor that does not resend calls refuses
   * it.
   */
  retries?: number | undefined
  /**
   * Calls with the same key run once: while the first is known, the others get its outcome and don't run. An executor
   * that does not store keys refuses it.
   */
  idempotencyKey?: string | undefined
}

/** Options of an imported module's calls, unless a call sets its own; the calls run on the importing executor. */
export interface ImportOptions<Keep extends KeepName = never> extends Omit<CallOptions, 'executor'> {
  /**
   * The exported classes whose instances stay where they are, and come back as remote objects: a list of names, or
   * `true` for all classes that have methods. Instances of a class with `Symbol.dispose` or `Symbol.asyncDispose`
   * always stay; those of other classes are copied. If the module's type is given, give the names with it, so that the
   * types reflect them: `import<typeof import('./tasks.js'), 'Connection'>(url, { keep: ['Connection'] })`.
   */
  keep?: (Keep & true) | readonly (Keep & string)[] | undefined
}

/** The name of a class whose instances stay, or `true` for all. */
export type KeepName = true | string

/** Additional options of `importSync()`. */
export interface ImportSyncOptions<Keep extends KeepName = never> extends ImportOptions<Keep> {
  /**
   * Whether the module is loaded now, blocking: the returned module then has exactly its exports, and its constants are
   * values.
   */
  eager?: boolean | undefined
}

/** The options of a call's stream. */
export type StreamOptions = Pick<CallOptions, 'highWaterMark' | 'twoWay' | 'closeTimeout'>

const DURATIONS = ['timeout', 'runTimeout', 'itemTimeout', 'closeTimeout'] as const
/** Options that only some executors support, which list them in `honours`. */
export const DELIVERY = ['retries', 'idempotencyKey'] as const
const SHARED = [
  ...DURATIONS,
  'signal',
  'priority',
  'affinity',
  'onTimeout',
  'highWaterMark',
  'twoWay',
  ...DELIVERY
]
const KNOWN = [...SHARED, 'executor']
const IMPORTED = [...SHARED, 'keep']

/** Refuses invalid options, at the call. */
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
  checkCount(where, 'retries', options.retries, 0)
  if (options.idempotencyKey !== undefined) checkText(where, 'idempotencyKey', options.idempotencyKey)
}

/**
 * Refuses options that the executor does not support: a call that must be retried, or run only once, must not silently
 * run otherwise.
 *
 * @throws InvalidArgumentError that names the executor.
 */
export function refuseUnhonoured(where: string, executor: Executor, options: CallOptions | undefined): void {
  if (options === undefined) return
  for (const name of DELIVERY) {
    if (options[name] === undefined || options[name] === 0 || executor.honours?.includes(name)) continue
    throw new InvalidArgumentError(
      `${where}: ${executor.name} does not support ${name}; leave it out, or call through an executor that does`
    )
  }
}

/** The same for the options of an import. */
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
