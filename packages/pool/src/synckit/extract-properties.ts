/**
 * All that can be enumerated of an object, as plain data; `undefined` of what is none. An error that is thrown has its
 * properties without it: this is for errors that a worker puts into its result.
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
