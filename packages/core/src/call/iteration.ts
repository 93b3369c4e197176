import type { TracedCall } from '../diagnostics/call-trace.js'
import type { StreamSource } from '../executor/executor.js'
import { localSource } from '../stream/local-source.js'
import type { AsyncGeneratorLike } from '../stream/types.js'

/** An empty generator, into which an error can be thrown as into any generator. */
function* empty(): Generator<never, void, unknown> {}

type Iterating = AsyncGeneratorLike<unknown, unknown, unknown>
type Result = IteratorResult<unknown>

/**
 * The iterator of a call: lazy, it opens the stream with the first pull and from then on is that stream. `openSource`
 * is given whether that pull requests an item; `traced` is notified if the call is never opened.
 */
export function lazyIterator(
  isStarted: boolean,
  openSource: (isPull: boolean) => Promise<StreamSource>,
  traced: TracedCall | undefined
): Iterating {
  let opening: Promise<StreamSource> | undefined
  // The source itself, without a wrapper: each additional function call is a tenth of an item's cost.
  let opened: StreamSource | undefined
  const step = async (act: (source: StreamSource) => Promise<Result>, isPull = false): Promise<Result> => {
    if (opened === undefined) {
      opening ??= openSource(isPull)
      opened = await opening
    }
    return act(opened)
  }
  // A separate function: a closure over `value` in the function below would allocate its scope for every item.
  const firstNext = (value: unknown): Promise<Result> =>
    step(source => source.next(value), value === undefined)
  const iterator: Iterating = {
    next: value => (opened === undefined ? firstNext(value) : opened.next(value)),
    return(value) {
      // A call that was never opened has nothing to stop: from now on it is an empty stream.
      if (opening === undefined && !isStarted) {
        traced?.settle(undefined)
        opened ??= localSource(empty(), false)
      }
      return step(source => source.return(value))
    },
    throw: error => step(source => source.throw(error)),
    [Symbol.asyncIterator]() {
      return this
    }
  }
  if (!isStarted) traced?.watch(iterator)
  return iterator
}
