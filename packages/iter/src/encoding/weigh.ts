/** The maximum number of parts that are counted: an estimate must not cost more than the copy. */
const MAX_LOOKS = 1000

let looks = 0

/** About how many bytes a value takes in a message. */
export function weigh(value: unknown): number {
  looks = 0
  return weightOf(value)
}

function weightOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null || ++looks > MAX_LOOKS) return 8
  let bytes = 8
  if (Array.isArray(value)) for (const part of value) bytes += weightOf(part)
  else if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) bytes += value.byteLength
  else if (value instanceof Map) {
    for (const [key, part] of value) bytes += weightOf(key) + weightOf(part)
  } else if (value instanceof Set) for (const part of value) bytes += weightOf(part)
  else for (const key in value) bytes += weightOf((value as Record<string, unknown>)[key])
  return bytes
}
