import { isObject } from '../data.js'
import { type AnyIterator, stepsOf } from './steps.js'

type Result = IteratorResult<unknown, unknown>

/** The iterator, with `change` applied to each item and to its return value. */
export function withItems(
  iterator: AnyIterator,
  isAsync: boolean,
  change: (item: unknown) => unknown
): AnyIterator {
  const steps = stepsOf(iterator)
  const changed = (result: Result): Result => {
    if (!isObject(result.value)) return result
    const value = change(result.value)
    return value === result.value ? result : ({ ...result, value } as Result)
  }
  const converted = (step: unknown): unknown => (isAsync ? awaited(step) : changed(step as Result))
  const awaited = async (step: unknown): Promise<Result> => changed((await step) as Result)
  return {
    // Does not use stepsOf() like the other methods, because it runs for each item.
    next: (value?: unknown) => converted(value === undefined ? iterator.next() : iterator.next(value)),
    return: (value?: unknown) => converted(steps.return(value)),
    throw: (error: unknown) => converted(steps.throw(error))
  } as AnyIterator
}
