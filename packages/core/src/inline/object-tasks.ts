import { DisposedError } from '../errors/errors.js'
import type { Task } from '../executor/executor.js'
import { type Keep, operationOf, operationOn } from '../host/operation.js'
import { isThenable } from '../kind.js'
import { faceOfLocal, homeOf, type LocalHome, settleHome } from '../object/local-object.js'
import { hasObjects, type ObjectReference, referenceTo } from '../object/object-reference.js'
import { receiverOf, refuseUnusable } from '../object/receiver.js'
import { adopt } from '../promise.js'
import { dereference, refer } from '../wire/references.js'
import type { TaskFunction } from './invoke.js'

/** Whether a task is about an object, and so needs no module. */
export function isBound(task: Task): boolean {
  return task.operation !== 'new' && receiverOf(task) !== undefined
}

/** The function of a task on its object or, where it is not bound to one, on a module. */
export function functionOf(task: Task, module: object | undefined, keep: Keep): TaskFunction {
  if (module === undefined)
    return facing(operationOn(task, objectOf(task, task.receiver as ObjectReference), keep))
  const fn = operationOf(task, module, keep)
  if (task.operation !== 'new') return facing(fn)
  return (...args) => settleHome(task.receiver as ObjectReference, fn(...args) as object)
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
  const references = isBound(task) ? [task.receiver as ObjectReference] : []
  refer(task.args, value => localReference(task, value), undefined, references)
  const making = references.flatMap(reference => homeOf(reference)?.made ?? [])
  return making.length < 2 ? making[0] : Promise.all(making)
}

/** The task with the objects of this thread themselves where their faces stand among its arguments. */
export function withObjects(task: Task): Task {
  if (!hasObjects()) return task
  const found = refer(task.args, value => localReference(task, value))
  if (found === undefined) return task
  return { ...task, args: dereference(found, reference => objectOf(task, reference)) as unknown[] }
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
function facing(fn: TaskFunction): TaskFunction {
  if (!hasObjects()) return fn
  return (...args) => {
    try {
      const result = fn(...args)
      return isThenable(result) ? adopt(result).then(withFaces, throwWithFaces) : withFaces(result)
    } catch (error) {
      throwWithFaces(error)
    }
  }
}

function withFaces(value: unknown): unknown {
  const found = refer(value, faceOfLocal)
  return found === undefined ? value : dereference(found, face => face)
}

function throwWithFaces(error: unknown): never {
  if (!(error instanceof Error)) throw withFaces(error)
  for (const [key, value] of Object.entries(error)) {
    const shown = withFaces(value)
    if (shown !== value) Reflect.set(error, key, shown)
  }
  throw error
}
