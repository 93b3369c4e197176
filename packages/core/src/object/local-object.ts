import type { Executor } from '../executor/executor.js'
import { shared } from '../shared.js'
import { newReference, type ObjectReference, referenceTo } from './object-reference.js'
import { stubOf } from './stub.js'

/** The location of an object that lives on this thread. */
export interface LocalLocation {
  readonly object?: object | undefined
  /** Settles when its constructor, which is still running, has ended. */
  readonly made?: Promise<unknown> | undefined
}

const references = shared('@bridge/core/local-objects', () => new WeakMap<object, ObjectReference>())

/** The stub of an object of this thread, always the same one. The stub of a stub is itself. */
export function localObject(object: object, executor: Executor, name: string): object {
  if (referenceTo(object) !== undefined) return object
  let reference = references.get(object)
  if (reference === undefined || reference.isDisposed) {
    const location: LocalLocation = { object }
    reference = newReference(executor, name, 0, location)
    references.set(object, reference)
  }
  return stubOf(reference)
}

/** The stub of an object that has one; a new one after it was disposed, as from another thread. */
export function stubOfLocal(object: object): object | undefined {
  const known = references.get(object)
  return known === undefined ? undefined : localObject(object, known.executor, known.name)
}

/** The location of an object, or of the object that a stub represents, if that is on this thread. */
export function localLocation(value: object): LocalLocation | undefined {
  return locationOf(referenceTo(value) ?? references.get(value))
}

/** The location of the object of a reference, if that is on this thread. */
export function locationOf(reference: ObjectReference | undefined): LocalLocation | undefined {
  return reference?.executor.place === 'here' ? (reference.location as LocalLocation | undefined) : undefined
}

/** Binds an object that its constructor has just made to the stub that was returned before. */
export function settleLocation(reference: ObjectReference, object: object): void {
  reference.location = { ...locationOf(reference), object } satisfies LocalLocation
  references.set(object, reference)
}
