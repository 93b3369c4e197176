import type { Executor } from '../executor/executor.js'
import { shared } from '../shared.js'
import { faceOf } from './face.js'
import { newReference, type ObjectReference, referenceTo } from './object-reference.js'

/** Where an object is that lives on this thread. */
export interface LocalHome {
  readonly object?: object | undefined
  /** Settles when its constructor has run, which it has not. */
  readonly made?: Promise<unknown> | undefined
}

const references = shared('@bridge/core/local-objects', () => new WeakMap<object, ObjectReference>())

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

/** The face of an object that has one; another one after it was disposed, as from another thread. */
export function faceOfLocal(object: object): object | undefined {
  const known = references.get(object)
  return known === undefined ? undefined : localObject(object, known.executor, known.name)
}

/** Where an object lives, or what a face stands for, if that is on this thread. */
export function localHome(value: object): LocalHome | undefined {
  return homeOf(referenceTo(value) ?? references.get(value))
}

/** The home that a reference tells of, if that is on this thread. */
export function homeOf(reference: ObjectReference | undefined): LocalHome | undefined {
  return reference?.executor.place === 'here' ? (reference.home as LocalHome | undefined) : undefined
}

/** An object that its constructor has just made, under the face that it was given before. */
export function settleHome(reference: ObjectReference, object: object): void {
  reference.home = { ...homeOf(reference), object } satisfies LocalHome
  references.set(object, reference)
}
