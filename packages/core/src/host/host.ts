import { type CarriedContext, missingCarriers, restoreCarriers } from '../carriers.js'
import { checkObject, checkText } from '../check.js'
import { InvalidArgumentError } from '../errors/errors.js'
import type { TaskOperation } from '../executor/executor.js'
import { isThenable, kindOfAwaited, streams } from '../kind.js'
import type { TaskControl } from '../scope/task-info.js'
import { enterTask } from '../scope/task-scope.js'
import { type Enter, iteratorOf } from '../stream/local-source.js'
import { stepsOf, stepsWithin } from '../stream/steps.js'
import { type EncodedThrown, encodeThrown } from '../wire/error.js'
import { findFunction, type TaskFunction } from './find-function.js'
import { FlaggedTask } from './flagged-task.js'
import type { ObjectTable } from './object-table.js'

/** What a host is asked to run, as it can arrive from anywhere. */
export interface HostRequest {
  /** Name of the exported function. */
  readonly name: string
  /** URL of the module that exports it. */
  readonly module: string
  readonly args: readonly unknown[]
  /** Milliseconds since the epoch, on the clock that all threads of a process share. */
  readonly deadline?: number | undefined
  readonly context?: CarriedContext | undefined
  /** What is done, where it is not an exported function that is called; it needs a `Keeper`. */
  readonly operation?: TaskOperation | undefined
  /** The number of the object that the operation is about. */
  readonly object?: number | undefined
  /** Whether the thread is blocked until the task has ended, so that its module must be loaded at once. */
  readonly isBlocking?: boolean | undefined
}

/** Who keeps the objects that tasks make, for their callers. */
export interface Keeper {
  readonly objects: ObjectTable
  /** Encodes what was thrown, with references where it holds something that stays. */
  encodeThrown(thrown: unknown): EncodedThrown
}

/** How a task ended, ready to be sent: a value, an iterator to be streamed, or what was thrown, encoded. */
export type Outcome =
  | { readonly type: 'value'; readonly value: unknown }
  | {
      readonly type: 'stream'
      /** The generator, each step of which runs in the call's context and scope. */
      readonly iterator: HostIterator
      /** The generator by itself, for who takes many steps inside one `enter`: entering costs more than a step. */
      readonly bare: HostIterator
      /** Runs something in the call's context and scope. */
      readonly enter: Enter
      readonly isAsync: boolean
    }
  | { readonly type: 'error'; readonly error: EncodedThrown }

/** A generator of the host's, of either kind. */
export type HostIterator = Iterator<unknown, unknown, unknown> | AsyncIterator<unknown, unknown, unknown>

/** A task that a host runs. */
export interface HostRun {
  /** The outcome; a plain value when the task ended without waiting for anything. It never rejects. */
  readonly outcome: Outcome | Promise<Outcome>
  /** Tells the task, through `currentTask()`, that nobody waits for it any more. */
  cancel(reason: unknown): void
}

/**
 * Runs a task on this thread: imports its module, restores its context, calls the function, encodes how it ended.
 * `sharedFlag` may read a word of shared memory that tells of a cancellation even a blocked thread must see. Without a
 * `keeper` no objects are kept, and an operation is refused.
 *
 * @throws InvalidArgumentError when the request has no name or no module.
 * @example
 * ```ts
 * const run = hostRun({ name: 'hash', module: 'file:///app/tasks.js', args: ['x', 10] })
 * port.postMessage(await run.outcome)
 * ```
 */
export function hostRun(request: HostRequest, sharedFlag?: () => boolean, keeper?: Keeper): HostRun {
  checkObject('hostRun()', 'request', request)
  checkText('hostRun()', 'request.name', request.name)
  checkText('hostRun()', 'request.module', request.module)
  if (request.operation !== undefined && keeper === undefined) {
    throw new InvalidArgumentError('hostRun(): an operation on objects needs a keeper')
  }
  const control = new FlaggedTask(request.name, request.deadline, sharedFlag)
  return { outcome: start({ request, control, keeper }), cancel: reason => control.cancel(reason) }
}

interface Running {
  readonly request: HostRequest
  readonly control: TaskControl
  readonly keeper: Keeper | undefined
}

function start(running: Running): Outcome | Promise<Outcome> {
  const { request, keeper } = running
  try {
    const found = findFunction(request, keeper?.objects)
    if (typeof found === 'function' && missingCarriers(request.context).length === 0) {
      return call(running, found)
    }
    const outcome = prepare(running, found)
    if (request.operation === 'new') keeper?.objects.expect(request.object as number, outcome)
    return outcome
  } catch (error) {
    return neverCalled(running, error)
  }
}

async function prepare(
  running: Running,
  finding: TaskFunction | PromiseLike<TaskFunction>
): Promise<Outcome> {
  try {
    const fn = await finding
    for (const carrier of missingCarriers(running.request.context)) await import(carrier)
    // Loading took time: a caller that left meanwhile must not find its task started.
    running.control.throwIfAborted()
    return await call(running, fn)
  } catch (error) {
    return neverCalled(running, error)
  }
}

function neverCalled(running: Running, error: unknown): Outcome {
  const { request, keeper } = running
  if (request.operation === 'new') keeper?.objects.fail(request.object as number, error)
  return thrown(error, keeper)
}

function call({ request, control, keeper }: Running, fn: TaskFunction): Outcome | Promise<Outcome> {
  const enter: Enter = step => restoreCarriers(request.context, () => enterTask(control, step))
  try {
    // A returned call or query starts only when `then` is called on it, which must happen in the task's scope too.
    return enter(() => settle(Reflect.apply(fn, undefined, request.args), enter, keeper))
  } catch (error) {
    return thrown(error, keeper)
  }
}

function settle(result: unknown, enter: Enter, keeper: Keeper | undefined): Outcome | Promise<Outcome> {
  // What stays here crosses as a reference, also when it could be awaited.
  if (!isThenable(result) || keeper?.objects.has(result)) return settled(result, enter, keeper)
  return settleLater(result, enter, keeper)
}

async function settleLater(
  result: PromiseLike<unknown>,
  enter: Enter,
  keeper: Keeper | undefined
): Promise<Outcome> {
  try {
    return settled(await result, enter, keeper)
  } catch (error) {
    return thrown(error, keeper)
  }
}

function settled(result: unknown, enter: Enter, keeper: Keeper | undefined): Outcome {
  // What stays here crosses as a reference, also when it can be iterated.
  const kind = keeper?.objects.has(result) ? 'sync' : kindOfAwaited(result, true)
  if (!streams(kind)) return { type: 'value', value: result }
  const { iterator, isAsync } = enter(() => iteratorOf(result as object))
  return {
    type: 'stream',
    iterator: stepsWithin(stepsOf(iterator), enter) as HostIterator,
    bare: iterator,
    enter,
    isAsync
  }
}

function thrown(error: unknown, keeper: Keeper | undefined): Outcome {
  return { type: 'error', error: keeper === undefined ? encodeThrown(error) : keeper.encodeThrown(error) }
}
