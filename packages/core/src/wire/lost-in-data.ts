import { clonedPartsOf, holds, isInstance } from '../data.js'
import { types } from '../node.js'
import { referenceTo } from '../object/object-reference.js'
import { isError } from './is-error.js'
import { isLost, isOrdinary } from './lost-kinds.js'
import { isRegistered, registeredName } from './registered-classes.js'

/** To remember each object costs more than to meet some twice: only in much data, or in a cycle, can that go on for long. */
const FEW = 20_000
const DEEP = 100

let left = 0
/** What is found beside what a clone loses. */
let findsMore = false
let isStaying: ((value: object) => boolean) | undefined

/**
 * Whether there is something in data that a structured clone loses: an error, of which it takes little but name, message,
 * stack and cause, an instance of a registered class, or what `lostIn()` knows. Looked through are arrays, plain objects, Maps, Sets and instances, at any
 * depth.
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
    // A getter throws: sending it will tell.
    return false
  }
}

/**
 * Whether data may hold something that a structured clone loses or refuses, a remote object, or what `isKept` tells of:
 * what is very much, or very deep, has to be looked at more closely.
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
    // It may hold what was sent, which would live until there is another value.
    isStaying = undefined
  }
}

/** Gives up, with nothing found, once there is more than a few, or deeper than most data is. */
function isFound(value: object, depth: number): boolean {
  if (depth === DEEP) left = -1
  if (left-- < 0) return false
  if (isStaying?.(value)) return true
  if (Array.isArray(value)) return areFoundInside(value, depth)
  const prototype = Object.getPrototypeOf(value) as object | null
  if (prototype === Object.prototype) return isFoundInside(value, depth)
  if (prototype === null) return isRemote(value) || isFoundInside(value, depth)
  // To ask for all that it could be takes longer than a clone.
  if (prototype === Date.prototype) return false
  if (prototype === Map.prototype) return isFoundInMap(value as ReadonlyMap<unknown, unknown>, depth)
  if (prototype === Set.prototype) return isFoundInSet(value as ReadonlySet<unknown>, depth)
  if (isRegistered(prototype)) return true
  if (isOrdinary(prototype)) return isFoundInside(value, depth)
  if (types.isMap(value)) return isFoundInMap(value, depth)
  if (types.isSet(value)) return isFoundInSet(value, depth)
  return isRemote(value) || isLostOrError(value) || (isInstance(value) && isFoundInside(value, depth))
}

/** From so many items on an array may be all but empty: its holes are passed over then, which costs more for each item. */
const HUGE = 10_000_000

function areFoundInside(list: readonly unknown[], depth: number): boolean {
  if (list.length > HUGE) return isFoundInside(list, depth)
  for (let index = 0; index < list.length; index++) {
    const part = list[index]
    // Most are neither: to ask of each by a call costs as much as to read it.
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
 * The loops differ only in what they go through: one for all would go through each of it twice as slowly. What has the
 * prototype of a collection and is none is an object like others.
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

/** A remote object has no prototype, or that of the class of which it is one. */
function isRemote(value: object): boolean {
  return findsMore && referenceTo(value) !== undefined
}

function isLostOrError(value: object): boolean {
  return isError(value) || registeredName(value) !== undefined || isLost(value)
}
