import { adopt } from '@bridge/core/executor'

/** What stepping an iterator of either kind gives. */
export type Step = Result | PromiseLike<Result>

export type Result = IteratorResult<unknown, unknown>

/** Whether a step, or an item, has to be awaited. */
export function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  const canHold = typeof value === 'function' || (typeof value === 'object' && value !== null)
  return canHold && typeof (value as PromiseLike<T>).then === 'function'
}

/** The end of a step that must give no item: a generator may yield from its `finally`, which is not wanted any more. */
export function withoutItem(step: Step): Step {
  return isPromise(step) ? adopt(step).then(ended) : ended(step)
}

function ended({ done, value }: Result): Result {
  return { done: true, value: done === true ? value : undefined }
}
