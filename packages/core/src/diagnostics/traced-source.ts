import { InvalidArgumentError } from '../errors/errors.js'
import type { StreamSource } from '../executor/executor.js'
import { streamSource } from '../stream/source-mark.js'
import type { StreamProgress } from '../stream/types.js'

type Result = IteratorResult<unknown, unknown>

/** Callbacks for the end of a stream. */
interface Ending {
  settle(result: unknown): void
  fail(error: unknown): void
}

/** The source, which reports its end when its consumer reaches it, by whichever method. */
export function tracedSource(source: StreamSource, ending: Ending): StreamSource {
  const look = (result: Result): Result => {
    if (result.done === true) ending.settle(result.value)
    return result
  }
  const fail = (error: unknown, value?: unknown): never => {
    // A value that its executor refuses does not end the stream.
    if (value === undefined || !(error instanceof InvalidArgumentError)) ending.fail(error)
    throw error
  }
  const later = async (step: () => Promise<Result>, value?: unknown): Promise<Result> => {
    try {
      return look(await step())
    } catch (error) {
      return fail(error, value)
    }
  }
  const now = (step: () => Result, value?: unknown): Result => {
    try {
      return look(step())
    } catch (error) {
      return fail(error, value)
    }
  }
  const { blocking } = source
  return streamSource({
    next: value => later(() => source.next(value), value),
    return: value => later(() => source.return(value)),
    throw: error => later(() => source.throw(error)),
    get progress(): StreamProgress | undefined {
      return source.progress
    },
    ...(blocking && {
      blocking: {
        next: (value: unknown) => now(() => blocking.next(value), value),
        return: (value: unknown) => now(() => blocking.return(value)),
        throw: (error: unknown) => now(() => blocking.throw(error))
      }
    })
  })
}
