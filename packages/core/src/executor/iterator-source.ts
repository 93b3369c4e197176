import { checkFunction } from '../check.js'
import { localSource, settle } from '../stream/local-source.js'
import { streamSource } from '../stream/source-mark.js'
import { type AnyIterator, closeQuietly } from '../stream/steps.js'
import type { StreamSource } from './executor.js'

type Result = IteratorResult<unknown, unknown>
type Step = () => unknown

/**
 * The stream of an iterator, for `for await`. `around` receives each step, to convert its result or its error as the
 * transport does; when it throws, the iterator is closed. For authors of executors.
 *
 * @example
 * ```ts
 * return iteratorSource(outcome.iterator, async step => structuredClone(await step()))
 * ```
 */
export function iteratorSource(
  iterator: AnyIterator,
  around: (step: Step) => unknown = step => step()
): StreamSource {
  checkFunction('iteratorSource()', 'iterator.next', iterator?.next)
  checkFunction('iteratorSource()', 'around', around)
  const stepped = async (step: Step): Promise<Result> => {
    // An iterator that has thrown is done; an iterator whose item rejected or could not cross is not.
    let isDone = false
    const run = async (): Promise<Result> => {
      isDone = true
      const result = (await step()) as Result
      isDone = result.done === true
      return settle(result)
    }
    try {
      return (await around(run)) as Result
    } catch (error) {
      if (!isDone) closeQuietly(iterator)
      throw error
    }
  }
  return streamSource(localSource(iterator, true, stepped as <S>(step: () => S) => S))
}
