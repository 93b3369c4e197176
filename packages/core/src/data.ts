import { types } from './node.js'

/**
 * Data is searched in arrays, plain objects, Maps and Sets. Everything else is a leaf, including an instance of a
 * class, which structured clone turns into a plain object.
 */

/** Whether data contains a part for which `isIt` is true, at any depth. */
export function holds(
  value: unknown,
  isFound: (value: object) => boolean,
  parts: (value: object) => Iterable<unknown> = partsOf
): boolean {
  const seen = new Set([value])
  // The loop also visits the objects that are added meanwhile.
  for (const one of seen) {
    if (!isObject(one)) continue
    if (isFound(one)) return true
    for (const part of parts(one)) if (isObject(part)) seen.add(part)
  }
  return false
}

/**
 * The data with parts replaced by the results of `substituteOf`. Its collections are copied then, and keep their shape
 * and their cycles. If `isReplaced` finds nothing, the data itself is returned.
 */
export function substitute(
  value: unknown,
  substituteOf: (value: object) => unknown,
  isReplaced: (value: object) => boolean = one => substituteOf(one) !== undefined
): unknown {
  return holds(value, isReplaced) ? copied(value, substituteOf) : value
}

function copied(value: unknown, substituteOf: (value: object) => unknown): unknown {
  const places = new Map<object, unknown>()
  const replace = (one: unknown): unknown => {
    if (!isObject(one)) return one
    if (places.has(one)) return places.get(one)
    const substituted = substituteOf(one)
    const copy = substituted === undefined ? emptyLike(one) : undefined
    const placed = copy ?? substituted ?? one
    places.set(one, placed)
    if (copy !== undefined) fill(copy, one, replace)
    return placed
  }
  return replace(value)
}

/** Adds the parts of one collection, changed, to an empty one of the same kind. */
function fill(made: object, from: object, change: (value: unknown) => unknown): void {
  if (made instanceof Map) {
    for (const [key, value] of from as Iterable<[unknown, unknown]>) made.set(change(key), change(value))
  } else if (made instanceof Set) for (const value of from as Iterable<unknown>) made.add(change(value))
  else for (const [key, value] of Object.entries(from)) put(made, key, change(value))
}

export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

/** Whether it is an object without a class, of any realm: a test runner's Object is a different one. */
export function isPlain(value: object): boolean {
  if (typeof value === 'function') return false
  const prototype = Object.getPrototypeOf(value) as object | null
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** An empty collection of the same kind; `undefined` for a leaf. */
export function emptyLike(value: object): object | undefined {
  if (Array.isArray(value)) return new Array(value.length)
  if (isPlain(value)) return {}
  if (types.isMap(value)) return new Map()
  return types.isSet(value) ? new Set() : undefined
}

/** Whether it is an instance of a class that structured clone does not know. */
export function isInstance(value: object): boolean {
  if (typeof value === 'function' || emptyLike(value) !== undefined || value instanceof Error) return false
  return !(
    types.isDate(value) ||
    types.isRegExp(value) ||
    types.isBoxedPrimitive(value) ||
    types.isAnyArrayBuffer(value) ||
    types.isNativeError(value) ||
    ArrayBuffer.isView(value)
  )
}

export function clonedPartsOf(value: object): Iterable<unknown> {
  return isInstance(value) ? Object.values(value) : partsOf(value)
}

function partsOf(value: object): Iterable<unknown> {
  if (Array.isArray(value)) return value
  if (isPlain(value)) return Object.values(value)
  if (types.isMap(value)) return [...value.keys(), ...value.values()]
  return types.isSet(value) ? value : []
}

/** Sets an own property, even if its name is `__proto__`. */
export function put(holder: object, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true })
}
