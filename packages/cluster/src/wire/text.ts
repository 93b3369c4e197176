/*
 * Short primitive values, and short lists of them as arguments, as JSON. V8's format needs an object of Node's for each
 * payload that is written or read; making and freeing those was a fifth of what a short call cost its caller.
 */

/** The maximum number of bytes, and of characters, of a text; beyond it V8's format is faster. */
export const MOST_TEXT = 2048

/** The JSON of a primitive value; `undefined` if that would lose something, or is long. */
export function toText(value: unknown): string | undefined {
  if (value === undefined) return ''
  if (typeof value === 'string') return value.length <= MOST_TEXT ? JSON.stringify(value) : undefined
  if (typeof value === 'boolean' || value === null) return `${value}`
  return Number.isFinite(value) && !Object.is(value, -0) ? `${value as number}` : undefined
}

/** The same for a call's list of arguments. */
export function listToText(values: readonly unknown[]): string | undefined {
  let text = ''
  for (const value of values) {
    const one = value === undefined ? undefined : toText(value)
    if (one === undefined || text.length > MOST_TEXT) return undefined
    text += text === '' ? one : `,${one}`
  }
  return `[${text}]`
}

/** The value of a text. */
export function fromText(text: string): unknown {
  return text === '' ? undefined : JSON.parse(text)
}
