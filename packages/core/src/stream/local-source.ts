import type { StreamSource } from '../executor/executor.js'

type AnyIterator<T, R, N> = Iterator<T, R, N> | AsyncIterator<T, R, N>
type Step<T, R> = IteratorResult<T, R> | Promise<IteratorResult<T, R>>

/** Runs one step of a generator: in its context and scope, and no longer once its call has been stopped. */
export type Enter = <S>(step: () => S) => S

const plain: Enter = step => step()

/** Steps an iterator of this thread as a stream source. `enter` surrounds each step. */
export function localSource<T, R, N>(
  iterator: AnyIterator<T, R, N>,
  isAsync: boolean,
  enter: Enter = plain
): StreamSource<T, R, N> {
  const steps = {
    next: (value?: N): Step<T, R> =>
      enter(() => iterator.next(...((value === undefined ? [] : [value]) as [N]))),
    return: (value?: R): Step<T, R> =>
      enter(() => iterator.return?.(value as R) ?? { done: true as const, value: value as R }),
    throw: (error: unknown): Step<T, R> =>
      enter(() => {
        if (iterator.throw !== undefined) return iterator.throw(error)
        iterator.return?.()
        throw error
      })
  }
  const awaited = {
    next: async (value?: N) => settle(await steps.next(value)),
    return: async (value?: R) => settle(await steps.return(value)),
    throw: async (error: unknown) => settle(await steps.throw(error))
  }
  return isAsync ? awaited : { ...awaited, blocking: steps as NonNullable<StreamSource<T, R, N>['blocking']> }
}

/** `for await` awaits the items of a synchronous iterator; so does every stream. */
async function settle<T, R>(result: IteratorResult<T, R>): Promise<IteratorResult<T, R>> {
  if (typeof (result.value as { then?: unknown } | null | undefined)?.then !== 'function') return result
  return { done: result.done, value: await result.value } as IteratorResult<T, R>
}

/** The iterator of a value that streams, whichever of the two kinds it is. */
export function iteratorOf(value: object): {
  iterator: AnyIterator<unknown, unknown, unknown>
  isAsync: boolean
} {
  const asynchronous = (value as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator]
  if (typeof asynchronous === 'function') return { iterator: asynchronous.call(value), isAsync: true }
  return { iterator: (value as Iterable<unknown>)[Symbol.iterator](), isAsync: false }
}
