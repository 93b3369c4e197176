import { now } from '../clock.js'
import type { Run } from '../executor/executor.js'
import { isThenable } from '../kind.js'
import { disregard, ignore } from '../promise.js'
import { type BoundedTask, throwIfReached, watchLimits } from '../scope/limits.js'
import { earliest } from '../scope/scope.js'
import { isSource } from '../stream/source-mark.js'
import { waitAtMost } from '../wait-at-most.js'
import { type BoundedSource, boundedSource } from './bounded-source.js'
import { CLEANUP_GRACE } from './cleanup-grace.js'
import { CalledRun } from './runs.js'

/**
 * Runs a task so that a timeout, a signal or `cancel()` can end it: the caller's wait immediately, the task itself as
 * soon as it reacts to `onCancel`. `call` returns its value, a promise of it, or a `StreamSource`. For authors of
 * executors.
 *
 * @example
 * ```ts
 * start(task: Task): Run {
 *   const abort = new AbortController()
 *   return boundedRun(task, () => send(task, abort.signal), reason => abort.abort(reason))
 * }
 * ```
 */
export function boundedRun(task: BoundedTask, call: () => unknown, onCancel: (reason: unknown) => void): Run {
  const limits = runLimits(task)
  let bounded: BoundedSource | undefined
  let stopped: { readonly reason: unknown } | undefined
  let isSettled = false
  const end = (): void => {
    isSettled = true
    watch.stop()
  }
  const settle = (value: unknown): unknown => {
    if (!isSource(value)) {
      end()
      return value
    }
    // From now on the stream watches its limits itself.
    bounded ??= boundedSource(value, limits, onCancel)
    end()
    return bounded.source
  }
  const cleanUp = async (reason: unknown): Promise<never> => {
    // The function itself may abort its signal; by now it has been called.
    await null
    // Its cleanup comes first, so that its `finally` has run before the caller continues.
    await waitAtMost(called.promise.catch(ignore), CLEANUP_GRACE)
    end()
    throw reason
  }
  let fail: (cleanedUp: Promise<never>) => void
  const cancelled = new Promise<never>(resolve => {
    fail = resolve
  })
  const cancel = (reason: unknown): void => {
    if (bounded !== undefined) return bounded.fail(reason)
    if (isSettled || stopped !== undefined) return
    onCancel(reason)
    // Whatever the function returns then, its caller gets the reason why it was stopped.
    stopped = { reason }
    fail(cleanUp(reason))
  }
  const watch = watchLimits(limits, cancel)
  const called = new CalledRun(limits.name, () => {
    throwIfReached(limits)
    const value = call()
    // A function that did not wait has prevented every timer from firing.
    if (!isThenable(value) && !isSource(value)) throwIfReached(limits)
    return value
  })
  const ended = async (): Promise<unknown> => {
    try {
      const value = await called.promise
      if (stopped === undefined) return settle(value)
      if (isSource(value)) disregard(value.return())
    } catch (error) {
      if (stopped === undefined) {
        end()
        throw error
      }
    }
    return cancelled
  }
  return {
    promise: Promise.race([ended(), cancelled]),
    waitSync() {
      if (stopped !== undefined) throw stopped.reason
      return settle(called.waitSync())
    },
    cancel
  }
}

/** A task's limits with its `runTimeout` included, for a task that does not wait in a queue: execution begins now. */
export function runLimits(task: BoundedTask): BoundedTask {
  if (task.runTimeout === undefined) return task
  const runDeadline = now() + task.runTimeout
  const deadline = earliest(task.deadline, runDeadline)
  const { name, signals, runTimeout, itemTimeout } = task
  return {
    name,
    deadline,
    signals,
    itemTimeout,
    timeout: deadline === runDeadline ? runTimeout : task.timeout
  }
}
