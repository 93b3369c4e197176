import { Timer } from '../clock.js'
import type { StreamSource } from '../executor/executor.js'
import { ignore } from '../promise.js'
import {
  type BoundedTask,
  isBounded,
  itemTimeoutError,
  type LimitWatch,
  limitReached,
  watchLimits
} from '../scope/limits.js'
import { streamSource } from '../stream/source-mark.js'
import { type Steps, stepsWithin } from '../stream/steps.js'
import { waitAtMost } from '../wait-at-most.js'
import { CLEANUP_GRACE } from './cleanup-grace.js'

type Result = IteratorResult<unknown, unknown>

/** A step that is waited for; a pull waits for an item. */
interface Pending {
  readonly isPull: boolean
  /** Its result if the stream ends before. */
  readonly ending: Result
  readonly resolve: (result: Result) => void
  readonly reject: (reason: unknown) => void
}

/** A stream that can be ended from outside. */
export interface BoundedSource {
  readonly source: StreamSource
  /** Ends the stream: the current or next pull rejects with `reason` once; after that the stream is done. */
  fail(reason: unknown): void
}

/** How a stream is ended. The object that its consumer holds references this, too. */
interface Ending {
  fail(reason: unknown): void
}

/**
 * What the watch of a stream's limits references: the stream may be garbage-collected half read, but not while a step
 * waits.
 */
interface Watched {
  held: Ending | undefined
  ending: WeakRef<Ending> | undefined
}

/** A stream that was garbage-collected has no limits any more. */
const dropped = new FinalizationRegistry<LimitWatch>(watch => watch.stop())

/** A separate function: a closure in the function below would hold its whole scope. */
function watchDroppable(task: BoundedTask, watched: Watched): LimitWatch {
  const watch = watchLimits(task, reason => (watched.held ?? watched.ending?.deref())?.fail(reason))
  watch.keepAlive(false)
  return watch
}

/**
 * Makes a stream that its task's limits end, and that can be ended from outside: a pending pull rejects, and the
 * generator's `return()` is called. `onCancel` is called with the reason before that.
 */
export function boundedSource(
  source: StreamSource,
  task: BoundedTask,
  onCancel: (reason: unknown) => void
): BoundedSource {
  const { blocking } = source
  const { itemTimeout = Infinity } = task
  const pending: Pending[] = []
  let failure: { readonly reason: unknown; isReported: boolean } | undefined
  let timer: Timer | undefined
  const watched: Watched = { held: undefined, ending: undefined }
  const watch = isBounded(task) ? watchDroppable(task, watched) : undefined
  let isOver = false
  const onEnd = (): void => {
    isOver = true
    if (watch === undefined) return
    watch.stop()
    dropped.unregister(watch)
  }

  const fail = (reason: unknown): void => {
    if (failure !== undefined || isOver) return
    onEnd()
    onCancel(reason)
    timer?.stop()
    const waiting = pending.splice(0)
    watched.held = undefined
    failure = { reason, isReported: waiting.length > 0 }
    // The generator's own cleanup may fail; the consumer gets the reason that ended the stream.
    const returned = source.return().catch(ignore)
    if (waiting.length === 0) return
    // The cleanup comes first, so that its `finally` has run before the consumer continues.
    waitAtMost(returned, CLEANUP_GRACE).then(() => endAll(waiting, reason))
  }

  /** While a step waits, the process is kept alive, and so is the object that ends the stream. */
  const onPending = (): void => {
    watched.held = pending.length > 0 ? ending : undefined
    watch?.keepAlive(pending.length > 0)
    timeFirst()
  }

  // Times the first of the waiting pulls: the others wait for it, and not for an item.
  const timeFirst = (): void => {
    timer?.stop()
    const onLate = (): void => fail(itemTimeoutError({ name: task.name, itemTimeout }))
    timer =
      pending[0]?.isPull === true && itemTimeout !== Infinity ? new Timer(itemTimeout, onLate) : undefined
  }

  const failed = (): Result | undefined => {
    if (failure === undefined) return undefined
    if (failure.isReported) return { done: true, value: undefined }
    failure.isReported = true
    throw failure.reason
  }

  const step = async (run: () => Promise<Result>, isPull: boolean, value?: unknown): Promise<Result> => {
    const ended = failed()
    if (ended !== undefined) return ended
    try {
      const result = await new Promise<Result>((resolve, reject) => {
        const entry = { isPull, ending: { done: true, value }, resolve, reject } as const
        pending.push(entry)
        if (pending.length === 1) onPending()
        const settle = (how: () => void): void => {
          if (failure !== undefined) return
          const isFirst = pending[0] === entry
          pending.splice(pending.indexOf(entry), 1)
          if (isFirst) onPending()
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
    const late = failure === undefined ? limitReached(task) : undefined
    // During a blocking `for` no timer fires and no event arrives, so each pull checks the limits itself.
    if (late !== undefined) {
      failure = { reason: late.reason, isReported: false }
      onEnd()
      try {
        blocking?.return(undefined)
      } catch {
        // The generator's own cleanup may fail; the consumer gets the reason that ended the stream.
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
  const ending: Ending = { fail }
  if (watch !== undefined) {
    watched.ending = new WeakRef(ending)
    dropped.register(ending, watch, watch)
  }
  const bounded = streamSource(
    blocking === undefined
      ? steps
      : { ...steps, blocking: stepsWithin(blocking, stepBlocking as (pull: () => unknown) => Result) }
  )
  return { source: bounded, fail }
}

/** The first pull rejects with the reason; after that the stream is done. */
function endAll(waiting: readonly Pending[], reason: unknown): void {
  const first = waiting.find(({ isPull }) => isPull) ?? waiting[0]
  for (const entry of waiting) {
    if (entry === first) entry.reject(reason)
    else entry.resolve(entry.ending)
  }
}
