import { exportedClass, exportKeys } from './exported-errors.js'
import { knownClass, knownName } from './known-errors.js'
import { type ArrivingError, type ErrorClass, registered, registeredFor } from './registered-errors.js'

/** More classes than these are not looked at; a Proxy may have a prototype without end. */
const MOST_CLASSES = 64

/** What an error is an instance of, on its way. */
export interface EncodedClasses {
  /** The user's classes, the nearest first: of each its own name, then those under which it is known. */
  readonly classes: readonly (readonly string[])[]
  /** The built-in class, or the one of bridge's own, that they extend. */
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

/** The nearest class that is known here, and whether it is the error's own; `undefined` when it is none of a user's. */
export function nearestClass(error: ArrivingError): { Class: ErrorClass; isOwn: boolean } | undefined {
  for (const [place, [own, ...keys]] of error.classes.entries()) {
    const Class = first([...keys, own as string], key => registeredFor(key, error))
    const found = Class ?? first(keys, exportedClass)
    if (found !== undefined) return { Class: found, isOwn: place === 0 }
  }
  return undefined
}

/** The class that is there on every thread. */
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
