import { checkObject } from '../check.js'
import { now } from '../clock.js'
import { encodeCarriers } from '../context/carried.js'
import { InvalidArgumentError } from '../errors/errors.js'
import type { Executor, Run, Task, TaskOperation } from '../executor/executor.js'
import type { Kind } from '../kind.js'
import type { Kept } from '../object/kept-classes.js'
import type { ObjectReference } from '../object/object-reference.js'
import {
  type CallOptions,
  checkCallOptions,
  type ImportOptions,
  type KeepName,
  refuseUnhonoured
} from '../options.js'
import { earliest, withSignal } from '../scope/scope.js'
import { MadeCalls, madeCallsOf } from './made-calls.js'
import type { Making } from './making.js'

/** What is called, how, and where: everything about a call except its receiver and arguments. */
export interface CallTarget {
  readonly name: string
  readonly executor: Executor
  /** URL of the module that exports the function; `undefined` if it exists on this thread only. */
  readonly module: string | undefined
  readonly fn: ((...args: never[]) => unknown) | undefined
  /** The kind of the function; `undefined` if only another thread knows it. */
  readonly kind: Kind | undefined
  readonly options: CallOptions | undefined
  /** The options of its import that its calls can't change. */
  readonly keep?: Kept
  /** Converts its outcome to what the caller gets, if that differs. */
  readonly present?: ((outcome: unknown, name: string) => unknown) | undefined
  /** What is done, if not a call of a function. */
  readonly operation?: TaskOperation
  /** Whether it is a function of the parent thread. */
  readonly isCallback?: boolean
  /** A run that was dequeued, whose position in the executor's queue the call takes. */
  readonly insteadOf?: Run | undefined
}

/** A function that only the executor can find: by its name in a module or, without a module, in its own way. */
export function remoteTarget(
  name: string,
  executor: Executor,
  module?: string,
  options?: CallOptions
): CallTarget {
  return { name, executor, module, fn: undefined, kind: undefined, options }
}

/** The module that an import names, as the base of its functions' targets. */
export function importTarget(
  executor: Executor,
  module: string,
  { keep, ...options }: ImportOptions<KeepName> = {}
): CallTarget {
  const target = remoteTarget('', executor, module, Object.keys(options).length === 0 ? undefined : options)
  return keep === undefined ? target : { ...target, keep }
}

/** The same target with the options given to `with()`; if the options are refused, the call never runs. */
export function configured(target: CallTarget, options: CallOptions, making: Making | undefined): CallTarget {
  const where = `${target.name}().with()`
  try {
    checkObject(where, 'options', options)
    checkCallOptions(where, options)
    const next = configure(target, options)
    making?.traced?.moveTo(next.executor)
    return next
  } catch (error) {
    making?.traced?.fail(error)
    throw error
  }
}

/** The same target with more options, after checking that the function can run on the executor they name. */
export function configure(target: CallTarget, options: CallOptions): CallTarget {
  const executor = options.executor ?? target.executor
  if (executor !== target.executor && target.operation !== undefined) {
    throw new InvalidArgumentError(
      `${target.name}() can't run on ${executor.name}: what it belongs to lives on ${target.executor.name}`
    )
  }
  if (executor !== target.executor && executor.place === 'elsewhere' && target.module === undefined) {
    throw new InvalidArgumentError(
      `${target.name}() exists on this thread only, so ${executor.name} can't run it; make it addressable by ` +
        `bridge(import.meta.url, { ${target.name} }), or call it through executor.import()`
    )
  }
  const all = { ...target.options, ...options }
  refuseUnhonoured(`${target.name}().with()`, executor, all)
  return { ...target, executor, options: all }
}

/**
 * The queue of made calls that a call of this target belongs to: that of its executor, if it is elsewhere, or that of
 * its object. A function that runs on this thread belongs to none.
 */
export function lineOf({ executor, operation }: CallTarget, receiver: unknown): MadeCalls | undefined {
  if (executor.place === 'elsewhere') return madeCallsOf(executor)
  if (operation === undefined || receiver === undefined) return undefined
  const reference = receiver as ObjectReference
  reference.madeCalls ??= new MadeCalls()
  return reference.madeCalls
}

/** What the executor receives when a call starts: timeouts begin now, scope and context are those of its making. */
export function toTask(
  target: CallTarget,
  receiver: unknown,
  args: readonly unknown[],
  making: Making | undefined,
  isCancellable: boolean,
  isPulled = false
): Task {
  const scope = making?.scope
  const { timeout, runTimeout, itemTimeout, signal, priority, affinity, onTimeout, retries, idempotencyKey } =
    target.options ?? {}
  const own = timeout === undefined ? undefined : now() + timeout
  const deadline = earliest(scope?.deadline, own)
  return {
    name: target.name,
    keep: target.keep,
    operation: target.operation,
    module: target.module,
    fn: target.fn,
    receiver,
    args,
    deadline,
    timeout: deadline === own ? timeout : undefined,
    runTimeout,
    itemTimeout,
    stream: target.options,
    signals: withSignal(scope?.signals, signal),
    priority,
    affinity,
    onTimeout,
    retries,
    idempotencyKey,
    isCancellable,
    isPulled,
    insteadOf: target.insteadOf,
    context: target.executor.place === 'here' ? undefined : encodeCarriers(making?.captured),
    trace: making?.traced?.start()
  }
}
