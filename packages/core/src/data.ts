import { types } from './node.js'

/**
 * What is looked through in data: arrays, plain objects, Maps and Sets. All else is a leaf, also an instance of a class,
 * of which a structured clone makes a plain object.
 */

/** Whether something of a kind stands in data, at any depth. */
export function holds(
  value: unknown,
  isFound: (value: object) => boolean,
  seen = new Set<object>(),
  parts = partsOf
): boolean {
  if (!isObject(value) || seen.has(value)) return false
  seen.add(value)
  if (isFound(value)) return true
  for (const part of parts(value)) if (holds(part, isFound, seen, parts)) return true
  return false
}

/**
 * The data with something else in the place of what `substituteOf` gives a substitute for. Its collections are copied
 * then, and keep their shape and their cycles; `dress` may give what stands in the place of a copy. Where `isReplaced`
 * finds nothing, it is the data itself.
 */
export function substitute(
  value: unknown,
  substituteOf: (value: object) => unknown,
  isReplaced: (value: object) => boolean = one => substituteOf(one) !== undefined
): unknown {
  return holds(value, isReplaced) ? copied(value, substituteOf, copy => copy, emptyLike) : value
}

/**
 * The same, also inside of instances: those that `reach` something are copied as a structured clone makes them, and all
 * others are leaves.
 */
export function substituteInInstances(
  value: unknown,
  substituteOf: (value: object) => unknown,
  dress: (copy: object, value: object) => object,
  reach: ReadonlySet<object>
): unknown {
  const emptyOf = (one: object): object | undefined =>
    emptyLike(one) ?? (reach.has(one) && isInstance(one) ? {} : undefined)
  return copied(value, substituteOf, dress, emptyOf)
}

/** What is looked for in data, instances included, and all that leads to it; what `isLeaf` is not looked into. */
export function leadingTo(
  value: unknown,
  isFound: (value: object) => boolean,
  isLeaf: (value: object) => boolean
): ReadonlySet<object> {
  const holders = new Map<object, object[]>()
  const leading = new Set<object>()
  const open = isObject(value) ? [value] : []
  const found: object[] = []
  for (const first of open) holders.set(first, [])
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (isLeaf(one)) continue
    if (isFound(one)) found.push(one)
    for (const part of clonedPartsOf(one)) {
      if (!isObject(part)) continue
      const known = holders.get(part)
      if (known !== undefined) known.push(one)
      else {
        holders.set(part, [one])
        open.push(part)
      }
    }
  }
  for (let one = found.pop(); one !== undefined; one = found.pop()) {
    if (leading.has(one)) continue
    leading.add(one)
    found.push(...(holders.get(one) ?? []))
  }
  return leading
}

function copied(
  value: unknown,
  substituteOf: (value: object) => unknown,
  dress: (copy: object, value: object) => object,
  emptyOf: (value: object) => object | undefined
): unknown {
  const places = new Map<object, unknown>()
  const replace = (one: unknown): unknown => {
    if (!isObject(one)) return one
    if (places.has(one)) return places.get(one)
    const substituted = substituteOf(one)
    const copy = substituted === undefined ? emptyOf(one) : undefined
    const placed = copy === undefined ? (substituted ?? one) : dress(copy, one)
    places.set(one, placed)
    if (copy !== undefined) fill(copy, one, replace)
    return placed
  }
  return replace(value)
}

/** Adds the parts of one collection, changed, to an empty one of the same kind. */
export function fill(made: object, from: object, change: (value: unknown) => unknown): void {
  if (made instanceof Map) {
    for (const [key, value] of from as Iterable<[unknown, unknown]>) made.set(change(key), change(value))
  } else if (made instanceof Set) for (const value of from as Iterable<unknown>) made.add(change(value))
  else for (const [key, value] of Object.entries(from)) put(made, key, change(value))
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
  Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true })
}
