import { clonedPartsOf, holds, isInstance } from '../data.js'
import { types } from '../node.js'
import { referenceTo } from '../object/object-reference.js'
import { isError } from './is-error.js'
import { isLost, isOrdinary } from './lost-kinds.js'
import { isRegistered, registeredName } from './registered-classes.js'

/**
 * Remembering each object costs more than visiting some twice: only in very large data, or in a cycle, would that go on
 * for long.
 */
const FEW = 20_000
const DEEP = 100

let left = 0
/** Searches for more than what a clone loses. */
let findsMore = false
let isStaying: ((value: object) => boolean) | undefined

/**
 * Whether data contains something that a structured clone loses: an error, of which it keeps little but name, message,
 * stack and cause, an instance of a registered class, or one of the kinds of `lostIn()`. It searches arrays, plain
 * objects, Maps, Sets and instances, at any depth.
 *
 * @example
 * ```ts
 * if (holdsLost(value)) warn(value)
 * ```
 */
export function holdsLost(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  findsMore = false
  left = FEW
  try {
    return isFound(value, 0) || (left < 0 && holds(value, isLostOrError, clonedPartsOf))
  } catch {
    // A getter throws: sending the value will report it.
    return false
  }
}

/**
 * Whether data may contain something that a structured clone loses or refuses, a remote object, or an object for which
 * `isKept` is true. Very large or very deep data counts as such, and has to be inspected more closely.
 *
 * @throws whatever a getter in the value throws.
 */
export function mayRefer(value: unknown, isKept?: (value: object) => boolean): boolean {
  if (typeof value === 'function') return true
  if (typeof value !== 'object' || value === null) return false
  findsMore = true
  isStaying = isKept
  left = FEW
  try {
    return isFound(value, 0) || left < 0
  } finally {
    // It may reference the sent value, which would otherwise live until the next one.
    isStaying = undefined
  }
}

/** Stops, with nothing found, when there are too many objects, or they are nested deeper than most data is. */
function isFound(value: object, depth: number): boolean {
  if (depth === DEEP) left = -1
  if (left-- < 0) return false
  if (isStaying?.(value)) return true
  if (Array.isArray(value)) return areFoundInside(value, depth)
  const prototype = Object.getPrototypeOf(value) as object | null
  if (prototype === Object.prototype) return isFoundInside(value, depth)
  if (prototype === null) return isRemote(value) || isFoundInside(value, depth)
  // Checking for every kind takes longer than a clone.
  if (prototype === Date.prototype) return false
  if (prototype === Map.prototype) return isFoundInMap(value as ReadonlyMap<unknown, unknown>, depth)
  if (prototype === Set.prototype) return isFoundInSet(value as ReadonlySet<unknown>, depth)
  if (isRegistered(prototype)) return true
  if (isOrdinary(prototype)) return isFoundInside(value, depth)
  if (types.isMap(value)) return isFoundInMap(value, depth)
  if (types.isSet(value)) return isFoundInSet(value, depth)
  return isRemote(value) || isLostOrError(value) || (isInstance(value) && isFoundInside(value, depth))
}

/** An array of this many items may be almost empty: its holes are skipped then, which costs more for each item. */
const HUGE = 10_000_000

function areFoundInside(list: readonly unknown[], depth: number): boolean {
  if (list.length > HUGE) return isFoundInside(list, depth)
  for (let index = 0; index < list.length; index++) {
    const part = list[index]
    // Most parts are neither: a function call for each would cost as much as reading it.
    if (typeof part !== 'object' && typeof part !== 'function') continue
    if (isPartFound(part, depth)) return true
  }
  return false
}

function isFoundInside(value: object, depth: number): boolean {
  for (const key in value) {
    const part = (value as Record<string, unknown>)[key]
    if (isPartFound(part, depth)) return true
  }
  return false
}

/*
 * The loops differ only in what they iterate: one shared loop would be half as fast. A value that has the prototype of
 * a collection but is none is treated as an object.
 */

function isFoundInMap(map: ReadonlyMap<unknown, unknown>, depth: number): boolean {
  const keys = partsOf(map, 'keys')
  if (keys === undefined) return isFoundInside(map, depth)
  for (const key of keys) {
    if (typeof key !== 'object' && typeof key !== 'function') continue
    if (isPartFound(key, depth)) return true
  }
  for (const part of map.values()) {
    if (typeof part !== 'object' && typeof part !== 'function') continue
    if (isPartFound(part, depth)) return true
  }
  return false
}

function isFoundInSet(set: ReadonlySet<unknown>, depth: number): boolean {
  const parts = partsOf(set, 'values')
  if (parts === undefined) return isFoundInside(set, depth)
  for (const part of parts) {
    if (typeof part !== 'object' && typeof part !== 'function') continue
    if (isPartFound(part, depth)) return true
  }
  return false
}

function partsOf<T>(
  collection: ReadonlySet<T> | ReadonlyMap<T, unknown>,
  name: 'keys' | 'values'
): Iterable<unknown> | undefined {
  try {
    return collection[name]()
  } catch {
    return undefined
  }
}

function isPartFound(part: unknown, depth: number): boolean {
  if (typeof part === 'object') return part !== null && isFound(part, depth + 1)
  return typeof part === 'function' && findsMore
}

/** A remote object has no prototype, or that of the class that it is an instance of. */
function isRemote(value: object): boolean {
  return findsMore && referenceTo(value) !== undefined
}

function isLostOrError(value: object): boolean {
  return isError(value) || registeredName(value) !== undefined || isLost(value)
}
