import { emptyLike, isInstance, isPlain, put } from '../data.js'
import { types } from '../node.js'

/** The parts of a collection or an instance, in order: a Map's keys at the even positions, each followed by its value. */
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

/** Replaces the parts of a collection; an object or an array needs their keys. */
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
  } else for (const [at, key] of keys.entries()) set(made, String(key), parts[at])
}

/** An empty object of the kind that a structured clone makes of a collection or an instance. */
export function cloneLike(value: object): object {
  return emptyLike(value) ?? {}
}

function set(holder: object, key: string, value: unknown): void {
  // Defining each property costs ten times as much.
  if (key === '__proto__') put(holder, key, value)
  else (holder as Record<string, unknown>)[key] = value
}
