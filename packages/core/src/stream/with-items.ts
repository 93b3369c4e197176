import { isObject } from '../data.js'
import { type AnyIterator, stepsOf } from './steps.js'

type Result = IteratorResult<unknown, unknown>

/** The iterator, with what `change` makes of each item, and of what it returns. */
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
  const told = (step: unknown): unknown => (isAsync ? awaited(step) : changed(step as Result))
  const awaited = async (step: unknown): Promise<Result> => changed((await step) as Result)
  return {
    // Without what stepsOf() does for the others: this is run for each item.
    next: (value?: unknown) => told(value === undefined ? iterator.next() : iterator.next(value)),
    return: (value?: unknown) => told(steps.return(value)),
    throw: (error: unknown) => told(steps.throw(error))
  } as AnyIterator
}
