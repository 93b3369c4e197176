/**
 * All enumerable properties of an object, as plain data; `undefined` for a value that is not an object. A thrown error
 * keeps its properties anyway: this is for errors in a worker's result.
 *
 * @example
 * ```ts
 * runAsWorker(() => ({ messages: file.messages.map(extractProperties) }))
 * ```
 */
export function extractProperties<T extends object>(value: T): T
export function extractProperties<T>(value?: T): T | undefined
export function extractProperties(value: unknown): object | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const found: Record<string, unknown> = {}
  for (const key in value) found[key] = (value as Record<string, unknown>)[key]
  return found
}
