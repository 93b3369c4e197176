import { types } from 'node:util'

/**
 * The one key of an object that stands in data for what does not cross with it; its value is a place in the list of
 * references that travels beside the data. Somebody's own data that has this key stands below it, as `literal`.
 */
const KEY = '@bridge/reference'

/** The key of what an error's own data refers to, so that one encoding may travel inside of another. */
export const ERROR_KEY = '@bridge/error'

interface Literal {
  readonly literal: object
}

/** Data on its way, with what it refers to beside it. */
export interface Referring<R> {
  readonly data: unknown
  readonly references: readonly R[]
}

/**
 * What a value is sent as when parts of it cross by reference and not by value; `undefined` when all of it is plain
 * data. `referenceOf` tells for a function or an object what stands for it, and `undefined` for what is copied;
 * `isReference` tells without making anything. Looked through are arrays, plain objects, Maps and Sets, at any depth;
 * they keep their shape and their cycles. What is found is added to `references`.
 *
 * @example
 * ```ts
 * const sent = refer(args, value => objects.get(value))
 * port.postMessage(sent ?? { data: args, references: [] })
 * ```
 */
export function refer<R>(
  value: unknown,
  referenceOf: (value: object) => R | undefined,
  isReference: (value: object) => boolean = one => referenceOf(one) !== undefined,
  references: R[] = [],
  key = KEY
): Referring<R> | undefined {
  const hasKey = holdsKey(key)
  if (!refersTo(value, one => isReference(one) || hasKey(one), new Set())) return undefined
  const places = new Map<object, unknown>()
  const copy = (one: unknown): unknown => {
    if (!isObject(one)) return one
    const known = places.get(one)
    if (known !== undefined) return known
    const reference = referenceOf(one)
    const made = reference === undefined ? emptyLike(one) : { [key]: references.push(reference) - 1 }
    if (made === undefined) return one
    const sent = reference === undefined && hasKey(one) ? { [key]: { literal: made } } : made
    places.set(one, sent)
    if (reference === undefined) fill(made, one, copy)
    return sent
  }
  return { data: copy(value), references }
}

/**
 * The way back: the data, which is changed in place, with what is referred to where it stood. `live` gives what a
 * reference means here.
 *
 * @example
 * ```ts
 * port.on('message', sent => run(dereference(sent, number => objects.get(number))))
 * ```
 */
export function dereference<R>(
  { data, references }: Referring<R>,
  live: (reference: R) => unknown,
  key = KEY
): unknown {
  const hasKey = holdsKey(key)
  const lives = references.map(reference => live(reference))
  const seen = new Set<object>()
  const back = (one: unknown): unknown => {
    if (!isObject(one) || seen.has(one)) return one
    const place = hasKey(one) ? one[key] : undefined
    if (typeof place === 'number' && place in lives) return lives[place]
    return within(isLiteral(place) ? place.literal : one)
  }
  const within = (one: object): object => {
    if (seen.has(one)) return one
    seen.add(one)
    if (Array.isArray(one) || isPlain(one)) {
      const holder = one as Record<string, unknown>
      for (const key of Object.keys(one)) if (isObject(holder[key])) holder[key] = back(holder[key])
    } else if (types.isMap(one) || types.isSet(one)) {
      const parts = [...one] as never[]
      one.clear()
      fill(one, parts, back)
    }
    return one
  }
  return back(data)
}

/** Whether something of a kind stands in data. */
export function refersTo(
  value: unknown,
  isReference: (value: object) => boolean,
  seen: Set<object>
): boolean {
  if (!isObject(value) || seen.has(value)) return false
  seen.add(value)
  if (isReference(value)) return true
  for (const part of partsOf(value)) if (refersTo(part, isReference, seen)) return true
  return false
}

function partsOf(value: object): Iterable<unknown> {
  if (Array.isArray(value)) return value
  if (isPlain(value)) return Object.values(value)
  if (types.isMap(value)) return [...value.keys(), ...value.values()]
  return types.isSet(value) ? value : []
}

/** An empty collection of the same kind; `undefined` for what is not looked through. */
function emptyLike(value: object): object | undefined {
  if (Array.isArray(value)) return new Array(value.length)
  if (isPlain(value)) return {}
  if (types.isMap(value)) return new Map()
  return types.isSet(value) ? new Set() : undefined
}

function fill(made: object, from: object, part: (value: unknown) => unknown): void {
  if (made instanceof Map) {
    for (const [key, value] of from as Iterable<[unknown, unknown]>) made.set(part(key), part(value))
  } else if (made instanceof Set) for (const value of from as Iterable<unknown>) made.add(part(value))
  else for (const [key, value] of Object.entries(from)) put(made, key, part(value))
}

/** As own data, also under a name such as `__proto__`. */
function put(holder: object, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true })
}

function isLiteral(place: unknown): place is Literal {
  return isObject(place) && 'literal' in place
}

function holdsKey(key: string): (value: object) => value is Record<string, unknown> {
  return (value): value is Record<string, unknown> => Object.hasOwn(value, key) && isPlain(value)
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

function isPlain(value: object): boolean {
  if (typeof value === 'function') return false
  // A test runner's Object is another one.
  const prototype = Object.getPrototypeOf(value) as object | null
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
