import { adopt, closeQuietly } from '@bridge/core/executor'
import type { AnyIterator } from './iterator-of.js'

/** What stepping an iterator of either kind gives. */
export type Step = Result | PromiseLike<Result>

export type Result = IteratorResult<unknown, unknown>

/** Whether a step, or an item, has to be awaited; so has what throws when it is asked, and awaiting it tells. */
export function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  const canHold = typeof value === 'function' || (typeof value === 'object' && value !== null)
  if (!canHold) return false
  try {
    return typeof (value as PromiseLike<T>).then === 'function'
  } catch {
    return true
  }
}

/**
 * A step of a synchronous iterator as `for await` takes it: its item is awaited, and one that rejects ends the iterator.
 */
export async function awaitItem<R extends Result>(result: R, iterator: AnyIterator): Promise<R> {
  try {
    return { done: result.done, value: await result.value } as R
  } catch (error) {
    if (result.done !== true) closeQuietly(iterator)
    throw error
  }
}

/** The step that returns an iterator, whether it can be returned or not. */
export function returned(iterator: AnyIterator, value: unknown): Step {
  const result = iterator.return?.(value) ?? { done: true, value }
  return isPromise(result) ? adopt(result).then(ended) : ended(result)
}

/** A generator may yield from its finally; whoever returned it wants none of that. */
function ended({ value }: Result): Result {
  return { done: true, value }
}
