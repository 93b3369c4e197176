import {
  clonedPartsOf,
  fill,
  holds,
  isInstance,
  isObject,
  isPlain,
  leadingTo,
  substituteInInstances
} from '../data.js'
import { types } from '../node.js'
import { isLost } from './lost-kinds.js'

/**
 * The one key of an object that stands in data for what does not cross with it; its value is a place in the list of
 * references that travels beside the data. A caller's own data that has this key stands below it, as `literal`; so do
 * instances of classes, which arrive as plain objects, and what they hold.
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
 * they keep their shape and their cycles. What is found is added to `references`. `lost` does the same for what a structured
 * clone loses, in instances, too.
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
  key = KEY,
  lost?: (value: object) => R | undefined
): Referring<R> | undefined {
  const hasKey = holdsKey(key)
  const hasOwnKey = (one: object): boolean => Object.hasOwn(one, key)
  const literal = (copy: object, one: object): object =>
    hasOwnKey(one) ? { [key]: { literal: copy } } : copy
  const mayBeLost = (one: object): boolean => lost !== undefined && isLost(one)
  const isOwn = (one: object): boolean => hasOwnKey(one) || mayBeLost(one)
  if (!holds(value, one => isReference(one) || isOwn(one), new Set(), clonedPartsOf)) return undefined
  const placed = (reference: R | undefined): object | undefined =>
    reference === undefined ? undefined : { [key]: references.push(reference) - 1 }
  const data = substituteInInstances(
    value,
    one => placed(referenceOf(one) ?? lost?.(one)),
    (copy, one) => (hasKey(one) || isInstance(one) ? literal(copy, one) : copy),
    leadingTo(value, isOwn, isReference)
  )
  return { data, references }
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

function isLiteral(place: unknown): place is Literal {
  return isObject(place) && 'literal' in place
}

function holdsKey(key: string): (value: object) => value is Record<string, unknown> {
  return (value): value is Record<string, unknown> => Object.hasOwn(value, key) && isPlain(value)
}
