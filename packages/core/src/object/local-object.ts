import type { Executor } from '../executor/executor.js'
import { faceOf } from './face.js'
import { newReference, type ObjectReference, referenceTo } from './object-reference.js'

/** Where an object is that lives on this thread: a promise while its constructor has not run. */
export interface LocalHome {
  object: object | PromiseLike<object>
}

const references = new WeakMap<object, ObjectReference>()

/** The face of an object of this thread, always the same one. A face stands for itself. */
export function localObject(object: object, executor: Executor, name: string): object {
  if (referenceTo(object) !== undefined) return object
  let reference = references.get(object)
  if (reference === undefined || reference.isDisposed) {
    const home: LocalHome = { object }
    reference = newReference(executor, name, 0, home)
    references.set(object, reference)
  }
  return faceOf(reference)
}

/** The face of an object that has one. */
export function faceOfLocal(object: object): object | undefined {
  const reference = references.get(object)
  return reference === undefined ? undefined : faceOf(reference)
}

/** Where the object is, if it lives on this thread. For authors of executors. */
export function localHome(reference: ObjectReference | undefined): LocalHome | undefined {
  return reference?.executor.place === 'here' ? (reference.home as LocalHome | undefined) : undefined
}

/** An object that its constructor has just made, under the face that it was given before. */
export function settleHome(reference: ObjectReference, object: object): void {
  reference.home = { object } satisfies LocalHome
  references.set(object, reference)
}
