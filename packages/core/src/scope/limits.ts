import { setMaxListeners } from 'node:events'
import { MAX_DELAY, now } from '../clock.js'
import { CallTimeoutError } from '../errors/errors.js'
import type { Task } from '../executor/executor.js'
import type { Scope } from './scope.js'

/** The parts of a task that can end it early. */
export type Limits = Pick<Task, 'name' | 'deadline' | 'timeout' | 'signals'>

const nothing = (): void => {}

/** Whether anything at all bounds the task. */
export function isBounded(task: Limits): boolean {
  return task.deadline !== undefined || task.signals.length > 0
}

/** The error of a task whose deadline has passed. */
export function timeoutError({ name, timeout }: Pick<Task, 'name' | 'timeout'>): CallTimeoutError {
  const limit =
    timeout === undefined
      ? 'before the deadline of its scope'
      : `within ${timeout} ms (its timeout); give it more by .with({ timeout })`
  return new CallTimeoutError(`${name}() did not finish ${limit}`, timeout)
}

/** The error of a stream's pull that waited longer than its task's `itemTimeout`. */
export function itemTimeoutError({
  name,
  itemTimeout
}: Pick<Task, 'name' | 'itemTimeout'>): CallTimeoutError {
  return new CallTimeoutError(
    `${name}() gave no item within ${itemTimeout} ms (its itemTimeout); give it more by .with({ itemTimeout })`,
    itemTimeout
  )
}

/** Why the task must not run any more, as `{ reason }`, or `undefined` while it may. */
export function limitReached(task: Limits): { readonly reason: unknown } | undefined {
  for (const signal of task.signals) if (signal.aborted) return { reason: signal.reason }
  if (task.deadline !== undefined && now() >= task.deadline) return { reason: timeoutError(task) }
  return undefined
}

/** Whether what a call rejected with is that its scope has ended: its deadline has passed, or its signal has aborted. */
export function isEndOf(scope: Scope | undefined, error: unknown): boolean {
  if (scope === undefined) return false
  if (scope.signals.some(({ aborted, reason }) => aborted && reason === error)) return true
  const isLate = scope.deadline !== undefined && now() >= scope.deadline
  return isLate && error instanceof CallTimeoutError && error.timeout === undefined
}

/** Throws why the task must not run any more, if there is a reason. */
export function throwIfReached(task: Limits): void {
  const reached = limitReached(task)
  if (reached !== undefined) throw reached.reason
}

/**
 * Calls `onLimit` once with the reason when a signal of the task aborts or its deadline passes, later and never
 * from inside this function. Returns what removes the listeners and the timer; call it when the task has ended.
 */
export function watchLimits(task: Limits, onLimit: (reason: unknown) => void): () => void {
  if (!isBounded(task)) return nothing
  let timer: NodeJS.Timeout | undefined
  const stop = (): void => {
    clearTimeout(timer)
    for (const signal of task.signals) signal.removeEventListener('abort', onAbort)
  }
  const onAbort = (event: Event): void => {
    stop()
    onLimit((event.target as AbortSignal).reason)
  }
  for (const signal of task.signals) {
    // A request's signal bounds all of its calls: more than ten listeners are no leak, and Node need not warn.
    setMaxListeners(Infinity, signal)
    signal.addEventListener('abort', onAbort)
  }
  const arm = (deadline: number): void => {
    timer = setTimeout(look, Math.min(Math.max(deadline - now(), 0), MAX_DELAY), deadline)
  }
  const look = (deadline: number): void => {
    // A timer's delay is bounded, and a timer may fire a little early.
    if (deadline > now()) return arm(deadline)
    stop()
    onLimit(timeoutError(task))
  }
  if (task.deadline !== undefined) arm(task.deadline)
  return stop
}
