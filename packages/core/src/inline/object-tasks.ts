import { substitute } from '../data.js'
import { DisposedError } from '../errors/errors.js'
import type { Task } from '../executor/executor.js'
import { type Keep, operationOf, operationOn } from '../host/operation.js'
import { isThenable, kindOfAwaited, streams } from '../kind.js'
import { eachStaying, keptOf, type StaysHere } from '../object/kept-classes.js'
import { faceOfLocal, homeOf, type LocalHome, settleHome } from '../object/local-object.js'
import { hasObjects, type ObjectReference, referenceTo } from '../object/object-reference.js'
import { isBound, refuseUnusable } from '../object/receiver.js'
import { adopt } from '../promise.js'
import { isResource, withValue } from '../resource/held-resource.js'
import { iteratorOf } from '../stream/local-source.js'
import { withItems } from '../stream/with-items.js'
import type { TaskFunction } from './invoke.js'

/** The function of a task on its object or, where it is not bound to one, on a module. */
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
    settleHome(task.receiver as ObjectReference, object)
  }
}

/** Of objects that were made or stayed here, what stays of what they give. */
const rules = new WeakMap<object, StaysHere>()

/** What stays of what a function gives, and what its caller is given in the place of that. */
interface Staying {
  readonly stays: StaysHere | undefined
  readonly keep: Keep
}

/** Keeps what is asked of an object waiting until its constructor has ended. */
export function expectObject(reference: ObjectReference, made: Promise<unknown>): void {
  reference.home = { made } satisfies LocalHome
  // Before all who wait for it, so that whoever asks from then on comes after them.
  const settle = (): void => {
    reference.home = { object: homeOf(reference)?.object } satisfies LocalHome
  }
  made.then(settle, settle)
}

/**
 * Resolves when the objects are made that a task needs; `undefined` when they are.
 *
 * @throws what a constructor threw; DisposedError when one was disposed.
 */
export function whenMade(task: Task): Promise<unknown> | undefined {
  if (!hasObjects()) return undefined
  const made = new Set<Promise<unknown>>()
  const expect = (reference: ObjectReference | undefined): ObjectReference | undefined => {
    const home = homeOf(reference)
    if (home?.made !== undefined) made.add(home.made)
    return reference
  }
  if (isBound(task)) expect(task.receiver as ObjectReference)
  substitute(task.args, value => expect(localReference(task, value)))
  const [first] = made
  return made.size < 2 ? first : Promise.all(made)
}

/** The task with the objects of this thread themselves where their faces stand among its arguments. */
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
  const object = homeOf(reference)?.object
  if (object !== undefined) return object
  throw new DisposedError(`${task}(): the ${reference.name} was never made; see what its new threw`)
}

/** The function, whose caller gets the faces of this thread's objects, and not the objects, as from another thread. */
function facing(fn: TaskFunction, staying: Staying): TaskFunction {
  if (!hasObjects() && staying.stays === undefined) return fn
  const show = (result: unknown): unknown => shown(result, staying)
  return (...args) => {
    try {
      const result = fn(...args)
      return isThenable(result) ? adopt(result).then(show, throwWithFaces) : show(result)
    } catch (error) {
      throwWithFaces(error)
    }
  }
}

function shown(result: unknown, { stays, keep }: Staying): unknown {
  if (stays === undefined) return withFaces(result)
  const show = (value: unknown): unknown => {
    keepOf(value, stays, keep)
    return withFaces(value)
  }
  if (isResource(result)) return withValue(result, show)
  const face = show(result)
  if (face !== result || !streams(kindOfAwaited(result, true))) return face
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

function withFaces(value: unknown): unknown {
  return substitute(value, faceOfLocal)
}

function throwWithFaces(error: unknown): never {
  if (!(error instanceof Error)) throw withFaces(error)
  for (const [key, value] of Object.entries(error)) {
    const shown = withFaces(value)
    if (shown !== value) Reflect.set(error, key, shown)
  }
  throw error
}
