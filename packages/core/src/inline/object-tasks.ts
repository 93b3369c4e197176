import type { Task } from '../executor/executor.js'
import { type Keep, operationOf, operationOn } from '../host/operation.js'
import { isThenable } from '../kind.js'
import { faceOfLocal, localHome, settleHome } from '../object/local-object.js'
import { hasObjects, type ObjectReference, referenceTo } from '../object/object-reference.js'
import { receiverOf } from '../object/receiver.js'
import { dereference, refer } from '../wire/references.js'
import type { TaskFunction } from './invoke.js'

const ignore = (): void => {}

/** The function of a task on an object of this thread; a promise while the object is being made. */
export function boundFunction(task: Task, keep: Keep): TaskFunction | PromiseLike<TaskFunction> | undefined {
  if (task.operation === 'new') return undefined
  const home = localHome(receiverOf(task))
  if (home === undefined) return undefined
  const { object } = home
  return isThenable(object)
    ? (object as PromiseLike<object>).then(made => facing(operationOn(task, made, keep)))
    : facing(operationOn(task, object, keep))
}

/** The function of a task on a module. */
export function freeFunction(task: Task, module: object, keep: Keep): TaskFunction {
  const fn = operationOf(task, module, keep)
  if (task.operation !== 'new') return facing(fn)
  return (...args) => settleHome(task.receiver as ObjectReference, fn(...args) as object)
}

/** Keeps what is asked of an object waiting until its constructor has ended. */
export function expectObject(reference: ObjectReference, constructed: PromiseLike<unknown>): void {
  const object = constructed.then(() => localHome(reference)?.object as object)
  object.then(undefined, ignore)
  reference.home = { object }
}

/** The function, whose caller gets the faces of this thread's objects, and not the objects, as from another thread. */
function facing(fn: TaskFunction): TaskFunction {
  if (!hasObjects()) return fn
  return (...args) => {
    try {
      const result = fn(...args)
      return isThenable(result) ? result.then(withFaces, throwWithFaces) : withFaces(result)
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

/** The task with the objects of this thread themselves where their faces stand among its arguments. */
export function withObjects(task: Task): Task {
  if (!hasObjects()) return task
  const found = refer(task.args, value => localHome(referenceTo(value)))
  if (found === undefined) return task
  return { ...task, args: dereference(found, home => home.object) as unknown[] }
}
