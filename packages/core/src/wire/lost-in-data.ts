import { clonedPartsOf, holds, isInstance } from '../data.js'
import { types } from '../node.js'
import { isError } from './is-error.js'
import { isLost, isOrdinary } from './lost-kinds.js'

/** To remember each object costs more than to meet some twice: only in much data can that go on for long. */
const FEW = 20_000

let left = 0

/**
 * Whether there is something in data that a structured clone loses: an error, of which it takes little but name, message,
 * stack and cause, or what `lostIn()` knows. Looked through are arrays, plain objects, Maps, Sets and instances, at any
 * depth. For authors of executors.
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
    return isFound(value) || (left < 0 && holds(value, isLostOrError, new Set(), clonedPartsOf))
  } catch {
    // A getter throws, or it is deeper than can be looked through: sending it will tell.
    return false
  }
}

/** Gives up, with nothing found, once there is more than a few. */
function isFound(value: object): boolean {
  if (left-- < 0) return false
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const part: unknown = value[index]
      if (typeof part === 'object' && part !== null && isFound(part)) return true
    }
    return false
  }
  const prototype = Object.getPrototypeOf(value) as object | null
  if (prototype === Object.prototype || prototype === null) return isFoundInside(value)
  // To ask for all that it could be takes longer than a clone.
  if (prototype === Date.prototype) return false
  if (isOrdinary(prototype)) return isFoundInside(value)
  if (types.isMap(value)) return areFound(value.keys()) || areFound(value.values())
  if (types.isSet(value)) return areFound(value)
  return isLostOrError(value) || (isInstance(value) && isFoundInside(value))
}

function isFoundInside(value: object): boolean {
  for (const key in value) {
    const part = (value as Record<string, unknown>)[key]
    if (typeof part === 'object' && part !== null && isFound(part)) return true
  }
  return false
}

function areFound(parts: Iterable<unknown>): boolean {
  for (const part of parts) if (typeof part === 'object' && part !== null && isFound(part)) return true
  return false
}

function isLostOrError(value: object): boolean {
  return isError(value) || isLost(value)
}
