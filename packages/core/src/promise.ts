export function ignore(): void {}

/**
 * A promise of what `await` gives for a value. A `then` of a user's may call back at once, twice or after it has
 * thrown; what calls it itself would have to guard against all of it.
 *
 * @example
 * ```ts
 * if (isThenable(result)) adopt(result).then(value => send(value), error => fail(error))
 * ```
 */
export async function adopt<T>(value: T | PromiseLike<T>): Promise<Awaited<T>> {
  return await value
}

/** For a promise whose failure is told elsewhere, or not at all: it must not end the process. */
export function disregard(value: unknown): void {
  adopt(value).catch(ignore)
}
