import type { StreamSource } from '../executor/executor.js'
import { asyncIterator } from '../stream/stream.js'
import type { AsyncGeneratorLike } from '../stream/types.js'

type Iterating = AsyncGeneratorLike<unknown, unknown, unknown>
type Result = IteratorResult<unknown>

/** The iterator of a call: lazy, it opens the stream with the first pull and from then on is that stream. */
export function lazyIterator(isStarted: boolean, openSource: () => Promise<StreamSource>): Iterating {
  let opening: Promise<StreamSource> | undefined
  let opened: Iterating | undefined
  const open = (): Promise<StreamSource> => {
    opening ??= openSource()
    return opening
  }
  const first = async (step: (iterator: Iterating) => Promise<Result>): Promise<Result> => {
    opened ??= asyncIterator(await open())
    return step(opened)
  }
  return {
    next: value => (opened === undefined ? first(iterator => iterator.next(value)) : opened.next(value)),
    return: async value => {
      // A call that was never opened has nothing to stop.
      if (opening === undefined && !isStarted) {
        opening = Promise.resolve(ended)
        return { done: true, value }
      }
      return first(iterator => iterator.return(value))
    },
    throw: error => first(iterator => iterator.throw(error)),
    [Symbol.asyncIterator]() {
      return this
    }
  }
}

const ended: StreamSource = {
  next: async () => ({ done: true, value: undefined }),
  return: async value => ({ done: true, value }),
  throw: error => Promise.reject(error)
}
