import { now, Timer } from '../clock.js'
import { CallTimeoutError } from '../errors/errors.js'
import type { Task } from '../executor/executor.js'
import { ignore } from '../promise.js'
import type { Scope } from './scope.js'
import { onAbort, reasonOf } from './signal-listeners.js'

/** The parts of a task that can end it early. */
export type Limits = Pick<Task, 'name' | 'deadline' | 'timeout' | 'signals'>

/** The parts of a task that can end it early when it is run by `boundedRun`. */
export type BoundedTask = Limits & Partial<Pick<Task, 'runTimeout' | 'itemTimeout'>>

/** Whether anything at all bounds the task. */
export function isBounded(task: Limits): boolean {
  return task.deadline !== undefined || task.signals.length > 0
}

/**
 * The error of a task whose deadline has passed. For authors of executors.
 *
 * @example
 * ```ts
 * if (task.deadline !== undefined && now() >= task.deadline) fail(timeoutError(task))
 * ```
 */
export function timeoutError({ name, timeout }: Pick<Task, 'name' | 'timeout'>): CallTimeoutError {
  const limit =
    timeout === undefined
      ? 'before the deadline of its scope'
      : `within ${timeout} ms (its timeout); give it more by .with({ timeout })`
  return new CallTimeoutError(`${name}() did not finish ${limit}`, timeout)
}

/**
 * The error of a stream's pull that waited longer than its task's `itemTimeout`. For authors of executors.
 *
 * @example
 * ```ts
 * const timer = setTimeout(() => fail(itemTimeoutError(task)), task.itemTimeout)
 * ```
 */
export function itemTimeoutError({
  name,
  itemTimeout
}: Pick<Task, 'name' | 'itemTimeout'>): CallTimeoutError {
  return new CallTimeoutError(
    `${name}() gave no item within ${itemTimeout} ms (its itemTimeout); give it more by .with({ itemTimeout })`,
    itemTimeout
  )
}

/**
 * Why the task must not run any more, as `{ reason }`, or `undefined` while it may. For authors of executors.
 *
 * @example
 * ```ts
 * const reached = limitReached(task)
 * if (reached !== undefined) return fail(reached.reason)
 * ```
 */
export function limitReached(task: Limits): { readonly reason: unknown } | undefined {
  for (const signal of task.signals) if (signal.aborted) return { reason: reasonOf(signal) }
  if (task.deadline !== undefined && now() >= task.deadline) return { reason: timeoutError(task) }
  return undefined
}

/** Whether a call rejected because its scope has ended: its deadline has passed, or its signal has aborted. */
export function isEndOf(scope: Scope | undefined, error: unknown): boolean {
  if (scope === undefined) return false
  if (scope.signals.some(signal => signal.aborted && reasonOf(signal) === error)) return true
  const isLate = scope.deadline !== undefined && now() >= scope.deadline
  return isLate && error instanceof CallTimeoutError && error.timeout === undefined
}

/** Throws the reason why the task must not run any more, if there is one. */
export function throwIfReached(task: Limits): void {
  const reached = limitReached(task)
  if (reached !== undefined) throw reached.reason
}

/** A watch on the limits of a task. */
export interface LimitWatch {
  /** Removes its listeners and its timer, after the task has ended. */
  stop(): void
  /** Whether the deadline keeps the process alive; it does by default. */
  keepAlive(isNeeded: boolean): void
}

const NO_WATCH: LimitWatch = { stop: ignore, keepAlive: ignore }

/**
 * Calls `onLimit` once with the reason when a signal of the task aborts or its deadline passes, always asynchronously.
 * For authors of executors.
 *
 * @example
 * ```ts
 * const watch = watchLimits(task, reason => run.cancel(reason))
 * run.promise.then(watch.stop, watch.stop)
 * ```
 */
export function watchLimits(task: Limits, onLimit: (reason: unknown) => void): LimitWatch {
  if (!isBounded(task)) return NO_WATCH
  const stop = (): void => {
    timer?.stop()
    for (const ignore of ignored) ignore()
  }
  const reach = (reason: unknown): void => {
    stop()
    onLimit(reason)
  }
  const { deadline } = task
  const onTime = (): void => reach(timeoutError(task))
  const timer = deadline === undefined ? undefined : new Timer(deadline - now(), onTime)
  const ignored = task.signals.map(signal => onAbort(signal, reach))
  return { stop, keepAlive: isNeeded => timer?.keepAlive(isNeeded) }
}
