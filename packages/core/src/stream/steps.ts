import { isThenable } from '../kind.js'
import { adopt, disregard } from '../promise.js'

/** The three methods of an iterator, of either kind; the result of a step is `R`. */
export interface Steps<R> {
  next(value?: unknown): R
  return(value?: unknown): R
  throw(error: unknown): R
}

export type AnyIterator = Iterator<unknown, unknown, unknown> | AsyncIterator<unknown, unknown, unknown>

/**
 * All three methods of an iterator, which itself need not have the last two. `throw()` on an iterator without that
 * method closes it, and throws a TypeError with the thrown error as its `cause`, as `yield*` does.
 *
 * @example
 * ```ts
 * const { next, return: end } = stepsOf(['a', 'b'].values())
 * ```
 */
export function stepsOf(iterator: AnyIterator): Steps<unknown> {
  return {
    next: value => iterator.next(...((value === undefined ? [] : [value]) as [unknown])),
    return: value => iterator.return?.(value) ?? { done: true, value },
    throw(error) {
      if (iterator.throw !== undefined) return iterator.throw(error)
      const refuse = (): never => {
        throw new TypeError('throw(): the iterator of this stream has no throw(), and was closed', {
          cause: error
        })
      }
      const closed: unknown = iterator.return?.()
      return isThenable(closed) ? adopt(closed).then(refuse) : refuse()
    }
  }
}

/**
 * Closes an iterator whose item was lost: it rejected, or it can't be sent. That error is reported, so the outcome of
 * `return()` is ignored.
 */
export function closeQuietly(iterator: Pick<Partial<Steps<unknown>>, 'return'>): void {
  try {
    disregard(iterator.return?.())
  } catch {
    // The earlier error is reported.
  }
}

/** The same methods with `enter` around each step. */
export function stepsWithin<R>(steps: Steps<unknown>, enter: (step: () => unknown) => R): Steps<R> {
  return {
    next: value => enter(() => steps.next(value)),
    return: value => enter(() => steps.return(value)),
    throw: error => enter(() => steps.throw(error))
  }
}
