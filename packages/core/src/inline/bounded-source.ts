import { MAX_DELAY } from '../clock.js'
import type { StreamSource } from '../executor/executor.js'
import { type Limits, limitReached } from '../scope/limits.js'
import { streamSource } from '../stream/source-mark.js'
import { stepsWithin } from '../stream/steps.js'
import { waitAtMost } from '../wait-at-most.js'
import { CLEANUP_GRACE } from './cleanup-grace.js'

type Result = IteratorResult<unknown, unknown>

/** A stream that can be ended from outside. */
export interface BoundedSource {
  readonly source: StreamSource
  /** Ends it: whoever pulls, now or next, gets `reason` once; after that the stream is done. */
  fail(reason: unknown): void
}

/**
 * Makes a stream one that can be ended from outside: a pending pull rejects, and the generator is returned.
 * `onEnd` hears of its end, whichever way it comes, and `onItemLate` of a pull that waits longer than `itemTimeout`.
 */
export function boundedSource(
  source: StreamSource,
  limits: Limits,
  onEnd: () => void,
  itemTimeout: number = Infinity,
  onItemLate: () => void = () => {}
): BoundedSource {
  const { blocking } = source
  let failure: { readonly reason: unknown; isTold: boolean } | undefined
  let rejectPull: ((reason: unknown) => void) | undefined

  const failed = (): Result | undefined => {
    if (failure === undefined) return undefined
    if (failure.isTold) return { done: true, value: undefined }
    failure.isTold = true
    throw failure.reason
  }

  const next = async (value: unknown): Promise<Result> => {
    const timer = itemTimeout > MAX_DELAY ? undefined : setTimeout(onItemLate, itemTimeout)
    try {
      return await step(() => source.next(value))
    } finally {
      clearTimeout(timer)
    }
  }

  const step = async (pull: () => Promise<Result>): Promise<Result> => {
    const ended = failed()
    if (ended !== undefined) return ended
    try {
      const result = await new Promise<Result>((resolve, reject) => {
        rejectPull = reject
        pull().then(
          settled => failure === undefined && resolve(settled),
          error => failure === undefined && reject(error)
        )
      })
      rejectPull = undefined
      if (result.done === true) onEnd()
      return result
    } catch (error) {
      onEnd()
      throw error
    }
  }

  const stepBlocking = (pull: () => Result): Result => {
    const late = failure === undefined ? limitReached(limits) : undefined
    // While a blocking `for` runs no timer fires and no event arrives, so each pull looks for itself.
    if (late !== undefined) {
      failure = { reason: late.reason, isTold: false }
      onEnd()
      try {
        blocking?.return(undefined)
      } catch {
        // The generator's own cleanup may fail; the reason that ended the stream is the one that counts.
      }
    }
    const ended = failed()
    if (ended !== undefined) return ended
    try {
      const result = pull()
      if (result.done === true) onEnd()
      return result
    } catch (error) {
      onEnd()
      throw error
    }
  }

  const steps = { ...stepsWithin(source, step as (pull: () => unknown) => Promise<Result>), next }
  return {
    source: streamSource(
      blocking === undefined
        ? steps
        : { ...steps, blocking: stepsWithin(blocking, stepBlocking as (pull: () => unknown) => Result) }
    ),
    fail(reason) {
      if (failure !== undefined) return
      const reject = rejectPull
      failure = { reason, isTold: reject !== undefined }
      // The generator's own cleanup may fail; the reason that ended the stream is the one that counts.
      const returned = source.return().catch(() => {})
      // It comes first, so that its `finally` has run when whoever pulls goes on.
      if (reject !== undefined) waitAtMost(returned, CLEANUP_GRACE).then(() => reject(reason))
    }
  }
}
