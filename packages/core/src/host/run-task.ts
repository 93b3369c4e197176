import { OwnContext } from '../ambient.js'
import { checkObject, checkText } from '../check.js'
import { ArrivedContext } from '../context/arrived.js'
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
import type { HostTask } from './host-task.js'
import { importCarriers, missingFor } from './import-carriers.js'
import { loaded } from './loaded-modules.js'
import { trackArrived } from './loading-chain.js'
import type { ObjectTable } from './object-table.js'
import { isRelay } from './relays.js'

/** Keeps the objects that tasks make, for their callers. */
export interface ObjectStore {
  readonly objects: ObjectTable
  /** Encodes a thrown value, with references to the objects in it that stay. */
  encodeThrown(thrown: unknown): EncodedThrown
}

/** How a task ended, ready to be sent: a value, an iterator to be streamed, or a thrown value, encoded. */
export type Outcome =
  | { readonly type: 'value'; readonly value: unknown }
  | {
      readonly type: 'stream'
      /** The generator; each step runs in the call's context and scope. */
      readonly iterator: HostIterator
      /** The generator itself, for a caller that takes many steps inside one `enter`: entering costs more than a step. */
      readonly bare: HostIterator
      /** Runs a function in the call's context and scope. */
      readonly enter: Enter
      readonly isAsync: boolean
    }
  | { readonly type: 'error'; readonly error: EncodedThrown }

/** A generator of either kind. */
export type HostIterator = Iterator<unknown, unknown, unknown> | AsyncIterator<unknown, unknown, unknown>

/** A task that a host runs. */
export interface TaskRun {
  /** The outcome; not a promise if the task ended without waiting. It never rejects. */
  readonly outcome: Outcome | Promise<Outcome>
  /** Notifies the task, through `currentTask()`, that its caller no longer waits. */
  cancel(reason: unknown): void
}

/**
 * Runs a task on this thread: imports its module, restores its context, calls the function, encodes its outcome.
 * `sharedFlag` may read a word of shared memory by which even a blocked thread sees a cancellation. Without a `store`
 * no objects are kept, and an operation is refused.
 *
 * @throws InvalidArgumentError when the task has no name or no module.
 * @example
 * ```ts
 * const run = runTask({ name: 'hash', module: 'file:///app/tasks.js', args: ['x', 10] })
 * port.postMessage(await run.outcome)
 * ```
 */
export function runTask(task: HostTask, sharedFlag?: () => boolean, store?: ObjectStore): TaskRun {
  checkObject('runTask()', 'task', task)
  checkText('runTask()', 'task.name', task.name)
  checkText('runTask()', 'task.module', task.module)
  if (task.operation !== undefined && store === undefined) {
    throw new InvalidArgumentError('runTask(): an operation on objects needs an object store')
  }
  const control = new FlaggedTask(task.name, task.deadline, sharedFlag)
  const context = ArrivedContext.of(task.context)
  const outcome = start({ task, control, store, context })
  trackArrived(task.context, outcome)
  return { outcome, cancel: reason => cancel(control, context, reason) }
}

/** The listeners of the task's signal run in its context, as all of its code does. */
function cancel(control: TaskControl, context: ArrivedContext | undefined, reason: unknown): void {
  if (context === undefined) return control.cancel(reason)
  try {
    context.run(() => control.cancel(reason))
  } catch {
    // If its context can't be restored, the task ends with that error.
    control.cancel(reason)
  }
}

interface Running {
  readonly task: HostTask
  readonly control: TaskControl
  readonly store: ObjectStore | undefined
  readonly context: ArrivedContext | undefined
}

function start(running: Running): Outcome | Promise<Outcome> {
  const { task, store } = running
  try {
    const found = findFunction(task, store?.objects)
    if (typeof found === 'function' && missingFor(task).length === 0) {
      return call(running, found, true)
    }
    const outcome = prepare(running, found)
    if (task.operation === 'new') store?.objects.expect(task.object as number, outcome)
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
    await Promise.all(importCarriers(running.task))
    // Loading took time: a task whose caller has cancelled it meanwhile must not start.
    running.control.throwIfAborted()
    return await call(running, fn, false)
  } catch (error) {
    return failed(running, error)
  }
}

function failed(running: Running, error: unknown): Outcome {
  const { task, store } = running
  if (task.operation === 'new') store?.objects.fail(task.object as number, error)
  return thrown(error, store)
}

/** `isFirst` says that the task starts directly where `runTask()` was called, and not after an import. */
function call(running: Running, fn: TaskFunction, isFirst: boolean): Outcome | Promise<Outcome> {
  const { task, control, context } = running
  try {
    if (isRelay(fn)) return settle(Reflect.apply(fn, control, task.args), running, directly)
    // A returned call or query starts only when `then` is called on it, which must happen in the task's scope too.
    const begin = (): Outcome | Promise<Outcome> => settle(Reflect.apply(fn, undefined, task.args), running)
    const inTask = (): Outcome | Promise<Outcome> => enterTask(control, begin)
    if (context === undefined) return inTask()
    return isFirst && task.isIsolated === true ? context.runLast(inTask) : context.run(inTask)
  } catch (error) {
    // This includes an error of restoring the context: the constructor has not run then.
    return failed(running, error)
  }
}

const directly: Enter = step => step()

/** Runs a later step of the task as its first one. */
function enterOf({ control, context }: Running): Enter {
  if (context === undefined) return step => enterTask(control, step)
  return step => context.run(() => enterTask(control, step))
}

function settle(result: unknown, running: Running, enter?: Enter): Outcome | Promise<Outcome> {
  // An object that stays is sent as a reference, even if it can be awaited.
  if (!isThenable(result) || running.store?.objects.has(result)) return settled(result, running, enter)
  return settleLater(result, running, enter)
}

async function settleLater(result: PromiseLike<unknown>, running: Running, enter?: Enter): Promise<Outcome> {
  try {
    return settled(await result, running, enter)
  } catch (error) {
    return thrown(error, running.store)
  }
}

function settled(result: unknown, running: Running, given?: Enter): Outcome {
  const { task, store } = running
  const stays = store === undefined ? undefined : staysOf(result, task, store.objects)
  if (stays !== undefined) store?.objects.keepOf(result, stays)
  const entered = store === undefined ? undefined : enteredOf(result, held => store.objects.standIn(held))
  if (entered !== undefined) {
    if (stays !== undefined) store?.objects.keepOf(entered.value, stays)
    return { type: 'value', value: entered }
  }
  const inside = resourcesIn(result)
  if (store !== undefined && inside.length > 0) {
    for (const resource of inside) leaveQuietly(resource)
    return thrown(resourceInData(task.name), store)
  }
  // An object that stays is sent as a reference, even if it can be iterated.
  const kind = store?.objects.has(result) ? 'sync' : kindOfAwaited(result, true)
  if (!streams(kind)) return { type: 'value', value: result }
  const enter = given ?? enterOf(running)
  const { opened, own } = enter(() => ({ opened: iteratorOf(result as object), own: new OwnContext() }))
  const enterStep: Enter = step => enter(() => own.run(step))
  const { isAsync } = opened
  const iterator =
    stays === undefined
      ? opened.iterator
      : withItems(opened.iterator, isAsync, item => (store as ObjectStore).objects.keepOf(item, stays))
  return {
    type: 'stream',
    iterator: stepsWithin(stepsOf(iterator), enterStep) as HostIterator,
    bare: iterator,
    enter: enterStep,
    isAsync
  }
}

/** Which objects in a task's result stay here. */
function staysOf(result: unknown, task: HostTask, objects: ObjectTable): StaysHere | undefined {
  if (typeof result !== 'object' || result === null) return undefined
  const { module, keep, object, operation } = task
  if (object !== undefined && operation !== 'new') return objects.ruleOf(object)
  const exports = loaded.get(module)
  return exports === undefined ? undefined : keptOf(module, exports, keep)
}

function thrown(error: unknown, store: ObjectStore | undefined): Outcome {
  return { type: 'error', error: store === undefined ? encodeThrown(error) : store.encodeThrown(error) }
}
