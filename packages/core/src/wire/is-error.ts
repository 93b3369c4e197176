/**
 * Whether a value is an error, of any realm.
 *
 * @example
 * ```ts
 * isError(new DOMException('gone')) // true
 * ```
 */
export function isError(value: unknown): value is Error {
  if (typeof value !== 'object' || value === null) return false
  try {
    return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]'
  } catch {
    // A trap of a Proxy threw.
    return false
  }
}
