import type { AnyIterator } from '@bridge/core/executor'
import { adopt, closeQuietly } from '@bridge/core/internal'

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

/** The end of a step that must give no item: a generator may yield from its `finally`, which is not wanted any more. */
export function withoutItem(step: Step): Step {
  return isPromise(step) ? adopt(step).then(ended) : ended(step)
}

function ended({ done, value }: Result): Result {
  return { done: true, value: done === true ? value : undefined }
}
