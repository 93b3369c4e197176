import { MAX_DELAY } from '../clock.js'
import type { StreamSource } from '../executor/executor.js'
import { NativePromise } from '../promise.js'
import { type Limits, limitReached } from '../scope/limits.js'
import { streamSource } from '../stream/source-mark.js'
import { type Steps, stepsWithin } from '../stream/steps.js'
import { waitAtMost } from '../wait-at-most.js'
import { CLEANUP_GRACE } from './cleanup-grace.js'

type Result = IteratorResult<unknown, unknown>

/** A step that somebody waits for; a pull waits for an item. */
interface Pending {
  readonly isPull: boolean
  /** What it gives where the stream ends before it. */
  readonly ending: Result
  readonly resolve: (result: Result) => void
  readonly reject: (reason: unknown) => void
}

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
  const pending: Pending[] = []
  let failure: { readonly reason: unknown; isTold: boolean } | undefined
  let timer: NodeJS.Timeout | undefined

  // The first of those that wait: the others wait for it, and not for an item.
  const timeFirst = (): void => {
    clearTimeout(timer)
    if (pending[0]?.isPull === true && itemTimeout <= MAX_DELAY) timer = setTimeout(onItemLate, itemTimeout)
  }

  const failed = (): Result | undefined => {
    if (failure === undefined) return undefined
    if (failure.isTold) return { done: true, value: undefined }
    failure.isTold = true
    throw failure.reason
  }

  const step = async (run: () => Promise<Result>, isPull: boolean, value?: unknown): Promise<Result> => {
    const ended = failed()
    if (ended !== undefined) return ended
    try {
      const result = await new NativePromise<Result>((resolve, reject) => {
        const entry = { isPull, ending: { done: true, value }, resolve, reject } as const
        pending.push(entry)
        if (pending.length === 1) timeFirst()
        const settle = (how: () => void): void => {
          if (failure !== undefined) return
          const isFirst = pending[0] === entry
          pending.splice(pending.indexOf(entry), 1)
          if (isFirst) timeFirst()
          how()
        }
        const fails = (error: unknown): void => settle(() => reject(error))
        try {
          run().then(settled => settle(() => resolve(settled)), fails)
        } catch (error) {
          fails(error)
        }
      })
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

  const steps: Steps<Promise<Result>> = {
    next: value => step(() => source.next(value), true),
    return: value => step(() => source.return(value), false, value),
    throw: error => step(() => source.throw(error), true)
  }
  return {
    source: streamSource(
      blocking === undefined
        ? steps
        : { ...steps, blocking: stepsWithin(blocking, stepBlocking as (pull: () => unknown) => Result) }
    ),
    fail(reason) {
      if (failure !== undefined) return
      clearTimeout(timer)
      const waiting = pending.splice(0)
      failure = { reason, isTold: waiting.length > 0 }
      // The generator's own cleanup may fail; the reason that ended the stream is the one that counts.
      const returned = source.return().catch(() => {})
      if (waiting.length === 0) return
      // It comes first, so that its `finally` has run when whoever pulls goes on.
      waitAtMost(returned, CLEANUP_GRACE).then(() => endAll(waiting, reason))
    }
  }
}

/** The first pull gets the reason; after that the stream is done. */
function endAll(waiting: readonly Pending[], reason: unknown): void {
  const first = waiting.find(({ isPull }) => isPull) ?? waiting[0]
  for (const entry of waiting) {
    if (entry === first) entry.reject(reason)
    else entry.resolve(entry.ending)
  }
}
