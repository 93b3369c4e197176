import { exportedClass, exportKeys } from './exported-errors.js'
import { knownClass, knownName } from './known-errors.js'
import { type ArrivingError, type ErrorClass, registered, registeredFor } from './registered-errors.js'

/** At most this many classes are inspected; a Proxy may have an endless prototype chain. */
const MOST_CLASSES = 64

/** The classes of an error, as they are sent. */
export interface EncodedClasses {
  /** The user's classes, the nearest first: for each its own name, then the names under which it is registered. */
  readonly classes: readonly (readonly string[])[]
  /** The built-in class, or the bridge class, that they extend. */
  readonly base: string
}

/** The classes of an error. */
export function classesOf(error: object): EncodedClasses {
  const classes: string[][] = []
  let prototype = Object.getPrototypeOf(error) as object | null
  while (prototype !== null && classes.length < MOST_CLASSES) {
    const base = knownName(prototype)
    if (base !== undefined) return { classes, base }
    classes.push(namesOf(prototype))
    prototype = Object.getPrototypeOf(prototype) as object | null
  }
  return { classes, base: 'Error' }
}

/** The nearest class that is known here, and whether it is the error's own; `undefined` if no user's class is known. */
export function nearestClass(error: ArrivingError): { Class: ErrorClass; isOwn: boolean } | undefined {
  for (const [place, [own, ...keys]] of error.classes.entries()) {
    const Class = first([...keys, own as string], key => registeredFor(key, error))
    const found = Class ?? first(keys, exportedClass)
    if (found !== undefined) return { Class: found, isOwn: place === 0 }
  }
  return undefined
}

/** The base class, which exists on every thread. */
export function baseClass({ base }: EncodedClasses): ErrorClass {
  return knownClass(base) ?? Error
}

function first<T>(keys: readonly string[], find: (key: string) => T | undefined): T | undefined {
  for (const key of keys) {
    const found = find(key)
    if (found !== undefined) return found
  }
  return undefined
}

function namesOf(prototype: object): string[] {
  const name = (prototype as { constructor?: { name?: unknown } }).constructor?.name
  const names = [typeof name === 'string' ? name : '']
  for (const [key, Class] of registered) if (Class.prototype === prototype) names.push(key)
  names.push(...exportKeys(prototype))
  return names
}
