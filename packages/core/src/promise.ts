export function ignore(): void {}

/**
 * A promise of the value that `await` gives. A user's `then` may call back synchronously, twice or after it has thrown;
 * a direct caller of it would have to guard against all of that.
 *
 * @example
 * ```ts
 * if (isThenable(result)) adopt(result).then(value => send(value), error => fail(error))
 * ```
 */
export async function adopt<T>(value: T | PromiseLike<T>): Promise<Awaited<T>> {
  return await value
}

/** For a promise whose failure is reported elsewhere, or not at all: it must not end the process. */
export function disregard(value: unknown): void {
  adopt(value).catch(ignore)
}
