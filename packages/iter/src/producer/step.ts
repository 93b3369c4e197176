import type { AnyIterator } from '@bridge/core/executor'
import { adopt, closeQuietly } from '@bridge/core/internal'

/** The result of stepping a synchronous or asynchronous iterator. */
export type Step = Result | PromiseLike<Result>

export type Result = IteratorResult<unknown, unknown>

/** Whether a step, or an item, has to be awaited; also if reading `then` throws, because awaiting it reports the error. */
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
 * A step of a synchronous iterator as in `for await`: its item is awaited, and if it rejects, the iterator is closed.
 */
export async function awaitItem<R extends Result>(result: R, iterator: AnyIterator): Promise<R> {
  try {
    return { done: result.done, value: await result.value } as R
  } catch (error) {
    if (result.done !== true) closeQuietly(iterator)
    throw error
  }
}

/** A step as the end of the stream: an item that a generator yields from its `finally` is not wanted any more. */
export function withoutItem(step: Step): Step {
  return isPromise(step) ? adopt(step).then(ended) : ended(step)
}

function ended({ done, value }: Result): Result {
  return { done: true, value: done === true ? value : undefined }
}
