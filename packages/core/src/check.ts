import { InvalidArgumentError } from './errors/errors.js'
import { inspect } from './node.js'

/** An invalid value as it appears in a message: short, and on one line. */
export function show(value: unknown): string {
  const text = inspect(value, { depth: 1, breakLength: Infinity, maxStringLength: 60, maxArrayLength: 5 })
  return text.length > 120 ? `${text.slice(0, 117)}…` : text
}

/** Throws an `InvalidArgumentError` such as "bridge(): fn must be a function, got 42". */
export function refuse(where: string, what: string, value: unknown): never {
  throw new InvalidArgumentError(`${where}: ${what}, got ${show(value)}`)
}

/** Refuses what is not a function. */
export function checkFunction(where: string, name: string, value: unknown): void {
  if (typeof value !== 'function') refuse(where, `${name} must be a function`, value)
}

/** Refuses what is not an object. */
export function checkObject(where: string, name: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) refuse(where, `${name} must be an object`, value)
}

/** Refuses what is not text. */
export function checkText(where: string, name: string, value: unknown): void {
  if (typeof value !== 'string') refuse(where, `${name} must be a string`, value)
}

/** Refuses what is not an object of options; `undefined` is fine. */
export function checkOptions(where: string, value: unknown, known: readonly string[]): void {
  if (value === undefined) return
  checkObject(where, 'options', value)
  for (const key of Object.keys(value as object)) {
    if (!known.includes(key)) {
      throw new InvalidArgumentError(
        `${where}: there is no option '${key}'; the options are ${known.join(', ')}`
      )
    }
  }
}

/** Refuses what is not a number of milliseconds; `undefined` is fine, and so is `Infinity` (no limit). */
export function checkMilliseconds(where: string, name: string, value: unknown): void {
  if (value === undefined) return
  if (typeof value !== 'number' || !(value >= 0)) {
    refuse(where, `${name} must be a number of milliseconds, zero or more`, value)
  }
}

/**
 * Refuses what is not an AbortSignal; `undefined` is fine. A signal is recognized by its shape, since it may come from
 * another realm, as those of jsdom do.
 */
export function checkSignal(where: string, value: unknown): void {
  if (value === undefined) return
  const signal = Object(value) as Partial<AbortSignal>
  const isListened =
    typeof signal.addEventListener === 'function' && typeof signal.removeEventListener === 'function'
  if (isListened && typeof signal.aborted === 'boolean') return
  refuse(where, 'signal must be an AbortSignal', value)
}

/** Refuses what is not a whole number of at least `min`; `undefined` is fine. */
export function checkCount(where: string, name: string, value: unknown, min: number): void {
  if (value === undefined || value === Infinity) return
  if (!Number.isInteger(value) || (value as number) < min) {
    refuse(where, `${name} must be a whole number of at least ${min}`, value)
  }
}
