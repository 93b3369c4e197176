import { OwnContext } from '../ambient.js'
import { checkObject, checkText } from '../check.js'
import { missingCarriers, type Restore, restoring } from '../context/arrived.js'
import { InvalidArgumentError } from '../errors/errors.js'
import { isThenable, kindOfAwaited, streams } from '../kind.js'
import { keptOf, type StaysHere } from '../object/kept-classes.js'
import { resourceInData } from '../resource/errors.js'
import { enteredOf, leaveQuietly, resourcesIn } from '../resource/held-resource.js'
import type { TaskControl } from '../scope/task-info.js'
import { enterTask } from '../scope/task-scope.js'
import { type Enter, iteratorOf } from '../stream/local-source.js'
import { stepsOf, stepsWithin } from '../stream/steps.js'
import { withItems } from '../stream/with-items.js'
import { type EncodedThrown, encodeThrown } from '../wire/error.js'
import { findFunction, type TaskFunction } from './find-function.js'
import { FlaggedTask } from './flagged-task.js'
import { importCarriers } from './import-carriers.js'
import { loaded } from './loaded-modules.js'
import { noteArrived } from './loading-chain.js'
import type { ObjectTable } from './object-table.js'
import type { HostRequest } from './request.js'

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
  const restore = restoring(request.context)
  const outcome = start({ request, control, keeper, restore })
  noteArrived(request.context, outcome)
  return { outcome, cancel: reason => cancel(control, restore, reason) }
}

/** What listens to the task's signal runs in its context, as all of it does. */
function cancel(control: TaskControl, restore: Restore, reason: unknown): void {
  try {
    restore(() => control.cancel(reason))
  } catch {
    // A context that can't be restored is what the task ends with.
    control.cancel(reason)
  }
}

interface Running {
  readonly request: HostRequest
  readonly control: TaskControl
  readonly keeper: Keeper | undefined
  readonly restore: Restore
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
    return failed(running, error)
  }
}

async function prepare(
  running: Running,
  finding: TaskFunction | PromiseLike<TaskFunction>
): Promise<Outcome> {
  try {
    const fn = await finding
    await Promise.all(importCarriers(running.request.context))
    // Loading took time: a caller that left meanwhile must not find its task started.
    running.control.throwIfAborted()
    return await call(running, fn)
  } catch (error) {
    return failed(running, error)
  }
}

function failed(running: Running, error: unknown): Outcome {
  const { request, keeper } = running
  if (request.operation === 'new') keeper?.objects.fail(request.object as number, error)
  return thrown(error, keeper)
}

function call(running: Running, fn: TaskFunction): Outcome | Promise<Outcome> {
  const { request, control, keeper, restore } = running
  const enter: Enter = step => restore(() => enterTask(control, step))
  try {
    // A returned call or query starts only when `then` is called on it, which must happen in the task's scope too.
    return enter(() => settle(Reflect.apply(fn, undefined, request.args), enter, request, keeper))
  } catch (error) {
    // Also what keeps its context from being restored: a constructor has not run then.
    return failed(running, error)
  }
}

function settle(
  result: unknown,
  enter: Enter,
  request: HostRequest,
  keeper: Keeper | undefined
): Outcome | Promise<Outcome> {
  // What stays here crosses as a reference, also when it could be awaited.
  if (!isThenable(result) || keeper?.objects.has(result)) return settled(result, enter, request, keeper)
  return settleLater(result, enter, request, keeper)
}

async function settleLater(
  result: PromiseLike<unknown>,
  enter: Enter,
  request: HostRequest,
  keeper: Keeper | undefined
): Promise<Outcome> {
  try {
    return settled(await result, enter, request, keeper)
  } catch (error) {
    return thrown(error, keeper)
  }
}

function settled(result: unknown, enter: Enter, request: HostRequest, keeper: Keeper | undefined): Outcome {
  const stays = keeper === undefined ? undefined : staysOf(result, request, keeper.objects)
  if (stays !== undefined) keeper?.objects.keepOf(result, stays)
  const entered = keeper === undefined ? undefined : enteredOf(result, held => keeper.objects.standIn(held))
  if (entered !== undefined) {
    if (stays !== undefined) keeper?.objects.keepOf(entered.value, stays)
    return { type: 'value', value: entered }
  }
  const inside = resourcesIn(result)
  if (keeper !== undefined && inside.length > 0) {
    for (const resource of inside) leaveQuietly(resource)
    return thrown(resourceInData(request.name), keeper)
  }
  // What stays here crosses as a reference, also when it can be iterated.
  const kind = keeper?.objects.has(result) ? 'sync' : kindOfAwaited(result, true)
  if (!streams(kind)) return { type: 'value', value: result }
  const { opened, own } = enter(() => ({ opened: iteratorOf(result as object), own: new OwnContext() }))
  const enterStep: Enter = step => enter(() => own.run(step))
  const { isAsync } = opened
  const iterator =
    stays === undefined
      ? opened.iterator
      : withItems(opened.iterator, isAsync, item => (keeper as Keeper).objects.keepOf(item, stays))
  return {
    type: 'stream',
    iterator: stepsWithin(stepsOf(iterator), enterStep) as HostIterator,
    bare: iterator,
    enter: enterStep,
    isAsync
  }
}

/** What stays here of what a task gives. */
function staysOf(result: unknown, request: HostRequest, objects: ObjectTable): StaysHere | undefined {
  if (typeof result !== 'object' || result === null) return undefined
  const { module, keep, object, operation } = request
  if (object !== undefined && operation !== 'new') return objects.ruleOf(object)
  const exports = loaded.get(module)
  return exports === undefined ? undefined : keptOf(module, exports, keep)
}

function thrown(error: unknown, keeper: Keeper | undefined): Outcome {
  return { type: 'error', error: keeper === undefined ? encodeThrown(error) : keeper.encodeThrown(error) }
}
