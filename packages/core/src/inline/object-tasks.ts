import { substitute } from '../data.js'
import { DisposedError } from '../errors/errors.js'
import type { Task } from '../executor/executor.js'
import { type Keep, operationOf, operationOn } from '../host/operation.js'
import { isThenable, kindOfAwaited, streams } from '../kind.js'
import { eachStaying, keptOf, type StaysHere } from '../object/kept-classes.js'
import { type LocalLocation, locationOf, settleLocation, stubOfLocal } from '../object/local-object.js'
import { hasObjects, type ObjectReference, referenceTo } from '../object/object-reference.js'
import { isBound, refuseUnusable } from '../object/receiver.js'
import { adopt } from '../promise.js'
import { isResource, withValue } from '../resource/held-resource.js'
import { iteratorOf } from '../stream/local-source.js'
import { withItems } from '../stream/with-items.js'
import type { TaskFunction } from './invoke.js'

/** The function of a task on its object or, for a task without an object, on a module. */
export function functionOf(task: Task, module: object | undefined, keep: Keep): TaskFunction {
  if (module === undefined) {
    const object = objectOf(task, task.receiver as ObjectReference)
    return facing(operationOn(task, object, keep), { stays: rules.get(object), keep })
  }
  const fn = operationOf(task, module, keep)
  const stays = keptOf(task.module as string, module, task.keep)
  if (task.operation !== 'new') return facing(fn, { stays, keep })
  return (...args) => {
    const object = fn(...args) as object
    if (stays !== undefined) rules.set(object, stays)
    settleLocation(task.receiver as ObjectReference, object)
  }
}

/** For objects that were constructed here or stayed here: which objects in their results stay. */
const rules = new WeakMap<object, StaysHere>()

/** Which objects in a function's result stay, and what its caller gets instead. */
interface Staying {
  readonly stays: StaysHere | undefined
  readonly keep: Keep
}

/** Makes calls on an object wait until its constructor has ended. */
export function expectObject(reference: ObjectReference, made: Promise<unknown>): void {
  reference.location = { made } satisfies LocalLocation
  // Before all of them: calls that are made from then on come after those that wait.
  const settle = (): void => {
    reference.location = { object: locationOf(reference)?.object } satisfies LocalLocation
  }
  made.then(settle, settle)
}

/**
 * Resolves when the objects that a task needs are constructed; `undefined` when they are.
 *
 * @throws the error of a constructor; DisposedError when an object was disposed.
 */
export function whenMade(task: Task): Promise<unknown> | undefined {
  if (!hasObjects()) return undefined
  const made = new Set<Promise<unknown>>()
  const expect = (reference: ObjectReference | undefined): ObjectReference | undefined => {
    const location = locationOf(reference)
    if (location?.made !== undefined) made.add(location.made)
    return reference
  }
  if (isBound(task)) expect(task.receiver as ObjectReference)
  substitute(task.args, value => expect(localReference(task, value)))
  const [first] = made
  return made.size < 2 ? first : Promise.all(made)
}

/** The task with this thread's own objects instead of their stubs among its arguments. */
export function withObjects(task: Task): Task {
  if (!hasObjects()) return task
  const args = substitute(task.args, value => {
    const reference = localReference(task, value)
    return reference === undefined ? undefined : objectOf(task, reference)
  })
  return args === task.args ? task : { ...task, args: args as unknown[] }
}

function localReference(task: Task, value: object): ObjectReference | undefined {
  const reference = referenceTo(value)
  if (reference?.executor.place !== 'here') return undefined
  refuseUnusable(task, reference)
  return reference
}

function objectOf({ name: task }: Task, reference: ObjectReference): object {
  const object = locationOf(reference)?.object
  if (object !== undefined) return object
  throw new DisposedError(`${task}(): the ${reference.name} was never made; see the error of its constructor`)
}

/** The function, whose caller gets the stubs of this thread's objects instead of the objects, as from another thread. */
function facing(fn: TaskFunction, staying: Staying): TaskFunction {
  if (!hasObjects() && staying.stays === undefined) return fn
  const show = (result: unknown): unknown => shown(result, staying)
  return (...args) => {
    try {
      const result = fn(...args)
      return isThenable(result) ? adopt(result).then(show, throwWithStubs) : show(result)
    } catch (error) {
      throwWithStubs(error)
    }
  }
}

function shown(result: unknown, { stays, keep }: Staying): unknown {
  if (stays === undefined) return withStubs(result)
  const show = (value: unknown): unknown => {
    keepOf(value, stays, keep)
    return withStubs(value)
  }
  if (isResource(result)) return withValue(result, show)
  const stub = show(result)
  if (stub !== result || !streams(kindOfAwaited(result, true))) return stub
  const { iterator, isAsync } = iteratorOf(result as object)
  const key = isAsync ? Symbol.asyncIterator : Symbol.iterator
  return Object.assign(withItems(iterator, isAsync, show), {
    [key](this: unknown) {
      return this
    }
  })
}

function keepOf(value: unknown, stays: StaysHere, keep: Keep): void {
  eachStaying(value, stays, one => {
    rules.set(one, stays)
    keep(one)
  })
}

function withStubs(value: unknown): unknown {
  return substitute(value, stubOfLocal)
}

function throwWithStubs(error: unknown): never {
  if (!(error instanceof Error)) throw withStubs(error)
  for (const [key, value] of Object.entries(error)) {
    const shown = withStubs(value)
    if (shown !== value) Reflect.set(error, key, shown)
  }
  throw error
}
