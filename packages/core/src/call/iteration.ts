import type { StreamSource } from '../executor/executor.js'
import { localSource } from '../stream/local-source.js'
import { asyncIterator } from '../stream/stream.js'
import type { AsyncGeneratorLike } from '../stream/types.js'

type Iterating = AsyncGeneratorLike<unknown, unknown, unknown>
type Result = IteratorResult<unknown>

/** The iterator of a call: lazy, it opens the stream with the first pull and from then on is that stream. */
export function lazyIterator(isStarted: boolean, openSource: () => Promise<StreamSource>): Iterating {
  let opening: Promise<StreamSource> | undefined
  let opened: Iterating | undefined
  const step = async (act: (iterator: Iterating) => Promise<Result>): Promise<Result> => {
    opening ??= openSource()
    opened ??= asyncIterator(await opening)
    return act(opened)
  }
  return {
    next: value => (opened === undefined ? step(iterator => iterator.next(value)) : opened.next(value)),
    return(value) {
      // A call that was never opened has nothing to stop: it is an empty stream from now on.
      if (opening === undefined && !isStarted) opened ??= asyncIterator(localSource([].values(), false))
      return step(iterator => iterator.return(value))
    },
    throw: error => step(iterator => iterator.throw(error)),
    [Symbol.asyncIterator]() {
      return this
    }
  }
}
