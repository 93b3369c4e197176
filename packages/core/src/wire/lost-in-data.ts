import { clonedPartsOf, holds, isInstance } from '../data.js'
import { types } from '../node.js'
import { isError } from './is-error.js'
import { isLost, isOrdinary } from './lost-kinds.js'

/** To remember each object costs more than to meet some twice: only in much data, or in a cycle, can that go on for long. */
const FEW = 20_000
const DEEP = 100

let left = 0

/**
 * Whether there is something in data that a structured clone loses: an error, of which it takes little but name, message,
 * stack and cause, or what `lostIn()` knows. Looked through are arrays, plain objects, Maps, Sets and instances, at any
 * depth.
 *
 * @example
 * ```ts
 * const sent = holdsLost(value) ? refer(value, one => (one instanceof Error ? encodeThrown(one) : undefined)) : undefined
 * ```
 */
export function holdsLost(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  left = FEW
  try {
    return isFound(value, 0) || (left < 0 && holds(value, isLostOrError, new Set(), clonedPartsOf))
  } catch {
    // A getter throws, or it is deeper than can be looked through: sending it will tell.
    return false
  }
}

/** Gives up, with nothing found, once there is more than a few, or deeper than most data is. */
function isFound(value: object, depth: number): boolean {
  if (depth === DEEP) left = -1
  if (left-- < 0) return false
  if (Array.isArray(value)) return areFoundInside(value, depth)
  const prototype = Object.getPrototypeOf(value) as object | null
  if (prototype === Object.prototype || prototype === null) return isFoundInside(value, depth)
  // To ask for all that it could be takes longer than a clone.
  if (prototype === Date.prototype) return false
  if (isOrdinary(prototype)) return isFoundInside(value, depth)
  if (types.isMap(value)) return areFound(value.keys(), depth) || areFound(value.values(), depth)
  if (types.isSet(value)) return areFound(value, depth)
  return isLostOrError(value) || (isInstance(value) && isFoundInside(value, depth))
}

/** From so many items on an array may be all but empty: its holes are passed over then, which costs more for each item. */
const HUGE = 10_000_000

function areFoundInside(list: readonly unknown[], depth: number): boolean {
  if (list.length > HUGE) return isFoundInside(list, depth)
  for (let index = 0; index < list.length; index++) {
    const part = list[index]
    if (typeof part === 'object' && part !== null && isFound(part, depth + 1)) return true
  }
  return false
}

function isFoundInside(value: object, depth: number): boolean {
  for (const key in value) {
    const part = (value as Record<string, unknown>)[key]
    if (typeof part === 'object' && part !== null && isFound(part, depth + 1)) return true
  }
  return false
}

function areFound(parts: Iterable<unknown>, depth: number): boolean {
  for (const part of parts)
    if (typeof part === 'object' && part !== null && isFound(part, depth + 1)) return true
  return false
}

function isLostOrError(value: object): boolean {
  return isError(value) || isLost(value)
}
