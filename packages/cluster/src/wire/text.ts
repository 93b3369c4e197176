/*
 * Short lists of primitive values, which are the arguments and results of most calls, as JSON. V8's format needs an object of
 * Node's for each value that is written or read, and freeing those costs more than all other work of a short call.
 */

/** Up to this length of all strings, V8's format is slower. */
const MOST = 2048

/** The JSON of a primitive value, or of a list of them; `undefined` if that would lose something, or is long. */
export function toText(value: unknown): string | undefined {
  if (value === undefined) return ''
  if (!Array.isArray(value)) return lengthOf(value) <= MOST ? JSON.stringify(value) : undefined
  let length = 0
  for (let at = 0; at < value.length && length <= MOST; at++) length += 1 + lengthOf(value[at])
  // A list may have named properties, such as the result of a regular expression.
  return length <= MOST && Object.keys(value).length === value.length ? JSON.stringify(value) : undefined
}

/** The value of a text. */
export function fromText(text: string): unknown {
  return text === '' ? undefined : JSON.parse(text)
}

/** The length of the text, about; Infinity for what JSON would change. */
function lengthOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value === 'boolean' || value === null) return 1
  return Number.isFinite(value) && !Object.is(value, -0) ? 1 : Infinity
}
