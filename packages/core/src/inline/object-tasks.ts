import { substitute } from '../data.js'
import { DisposedError } from '../errors/errors.js'
import type { Task } from '../executor/executor.js'
import { type Keep, operationOf, operationOn } from '../host/operation.js'
import { isThenable } from '../kind.js'
import { faceOfLocal, homeOf, type LocalHome, settleHome } from '../object/local-object.js'
import { hasObjects, type ObjectReference, referenceTo } from '../object/object-reference.js'
import { isBound, refuseUnusable } from '../object/receiver.js'
import { adopt } from '../promise.js'
import type { TaskFunction } from './invoke.js'

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
