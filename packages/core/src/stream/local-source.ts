import type { StreamSource } from '../executor/executor.js'
import { isThenable } from '../kind.js'
import { platformIterator } from './platform-streams.js'
import { type AnyIterator, closeQuietly, type Steps, stepsOf, stepsWithin } from './steps.js'

type Result = IteratorResult<unknown, unknown>

/** Runs one step of a generator: in its context and scope, and only until its call has been stopped. */
export type Enter = <S>(step: () => S) => S

/** Steps an iterator of this thread as a stream source. `enter` surrounds each step. */
export function localSource(iterator: AnyIterator, isAsync: boolean, enter?: Enter): StreamSource {
  const steps = enter === undefined ? stepsOf(iterator) : stepsWithin(stepsOf(iterator), enter)
  const awaited: Steps<Promise<Result>> = {
    next: async value => itemOf((await steps.next(value)) as Result, steps),
    return: async value => settle((await steps.return(value)) as Result),
    throw: async error => itemOf((await steps.throw(error)) as Result, steps)
  }
  return isAsync ? awaited : { ...awaited, blocking: steps as Steps<Result> }
}

/** `for await` awaits the items of a synchronous iterator; so does every stream. */
export async function settle(result: Result): Promise<Result> {
  if (!isThenable(result.value)) return result
  return { done: result.done, value: await result.value } as Result
}

/**
 * The same for a pull: an item that rejects closes its iterator, which would otherwise wait for its consumer for ever.
 */
async function itemOf(result: Result, steps: Steps<unknown>): Promise<Result> {
  try {
    return isThenable(result.value) ? await settle(result) : result
  } catch (error) {
    if (result.done !== true) closeQuietly(steps)
    throw error
  }
}

/**
 * The iterator of a value that streams, of either kind; for a Node or web stream, an iterator that closes it
 * immediately.
 *
 * @example
 * ```ts
 * const { iterator, isAsync } = iteratorOf(createReadStream(path))
 * ```
 */
export function iteratorOf(value: object): { iterator: AnyIterator; isAsync: boolean } {
  const iterator = platformIterator(value)
  if (iterator !== undefined) return { iterator, isAsync: true }
  const asynchronous = (value as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator]
  if (typeof asynchronous === 'function') return { iterator: asynchronous.call(value), isAsync: true }
  return { iterator: (value as Iterable<unknown>)[Symbol.iterator](), isAsync: false }
}
