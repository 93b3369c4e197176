import { types } from './node.js'

/**
 * What is looked through in data: arrays, plain objects, Maps and Sets. All else is a leaf, also an instance of a class,
 * of which a structured clone makes a plain object.
 */

/** Whether something of a kind stands in data, at any depth. */
export function holds(
  value: unknown,
  isFound: (value: object) => boolean,
  parts: (value: object) => Iterable<unknown> = partsOf
): boolean {
  const seen = new Set([value])
  // Those that are met while it goes are added to it.
  for (const one of seen) {
    if (!isObject(one)) continue
    if (isFound(one)) return true
    for (const part of parts(one)) if (isObject(part)) seen.add(part)
  }
  return false
}

/**
 * The data with something else in the place of what `substituteOf` gives a substitute for. Its collections are copied
 * then, and keep their shape and their cycles. Where `isReplaced` finds nothing, it is the data itself.
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
    if (copy !== undefined) {
      const [keys, parts] = entriesOf(one)
      fillFrom(copy, parts.map(replace), keys)
    }
    return placed
  }
  return replace(value)
}

/** What stands in a collection or an instance, in order: at a Map's even positions its keys, then each one's value. */
export function entriesOf(
  value: object
): readonly [keys: readonly (string | number)[], parts: readonly unknown[]] {
  if (types.isMap(value)) return numbered([...value].flat())
  if (types.isSet(value)) return numbered([...value])
  if (!Array.isArray(value) && !isPlain(value) && !isInstance(value)) return NOTHING
  const keys = Object.keys(value)
  return [keys, keys.map(key => (value as Record<string, unknown>)[key])]
}

const NOTHING = [[], []] as const

function numbered(parts: unknown[]): readonly [readonly number[], readonly unknown[]] {
  return [[...parts.keys()], parts]
}

/** Gives a collection these parts instead of what it has; an object or an array needs their keys. */
export function fillFrom(
  made: object,
  parts: readonly unknown[],
  keys: readonly (string | number)[] = []
): void {
  if (types.isMap(made)) {
    made.clear()
    for (let at = 0; at < parts.length; at += 2) made.set(parts[at], parts[at + 1])
  } else if (types.isSet(made)) {
    made.clear()
    for (const part of parts) made.add(part)
  } else for (const [at, key] of keys.entries()) put(made, String(key), parts[at])
}

/** What a structured clone makes of a collection or an instance, empty. */
export function cloneLike(value: object): object {
  return emptyLike(value) ?? {}
}

export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

/** Whether it is an object without a class, of whichever realm: a test runner's Object is another one. */
export function isPlain(value: object): boolean {
  if (typeof value === 'function') return false
  const prototype = Object.getPrototypeOf(value) as object | null
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** An empty collection of the same kind; `undefined` for a leaf. */
function emptyLike(value: object): object | undefined {
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

/** As own data, also under a name such as `__proto__`. */
function put(holder: object, key: string, value: unknown): void {
  if (key !== '__proto__') (holder as Record<string, unknown>)[key] = value
  else Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true })
}
