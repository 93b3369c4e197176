import { CallAbortedError } from '@bridge/core'
import type { HostTask, Outcome, TaskRun } from '@bridge/core/host'
import type { References } from '../connection/wire.js'

/** The function that a number means. */
export type CalledFunction = Pick<HostTask, 'module' | 'name' | 'operation' | 'keep'>

/** A task that was received with a message or through the ring, before its references are replaced. */
export interface ReceivedTask {
  readonly id: number
  readonly called: CalledFunction
  readonly args: readonly unknown[]
  readonly deadline: number | undefined
  readonly context: HostTask['context']
  readonly references: References
  /** Whether this thread is blocked until it has ended. */
  readonly isBlocking?: boolean
}

/** Whether it is an operation on an object of this thread, or constructs one. */
export function isOnObject({ module, operation }: CalledFunction): boolean {
  return operation !== undefined && (module === '' || operation === 'new')
}

/** Whether it is an operation on an object of this thread, constructs one or has one among its arguments. */
export function needsObject(called: CalledFunction, references: References): boolean {
  const isGiven = references?.some(place => place.length === 3 && place[2][0] === 'object') === true
  return isGiven || isOnObject(called)
}

/** The task for the host: an operation has the number of its object as the first argument. */
export function hostTaskOf(
  { called, deadline, context, isBlocking }: ReceivedTask,
  args: readonly unknown[],
  isIsolated: boolean
): HostTask {
  const { module, name, operation, keep } = called
  // Written out: copying an object costs as much as everything else.
  if (!isOnObject(called)) {
    return { module, name, operation, keep, deadline, context, isIsolated, isBlocking, args }
  }
  const object = args[0] as number
  return {
    module,
    name,
    operation,
    keep,
    deadline,
    context,
    isIsolated,
    isBlocking,
    object,
    args: args.slice(1)
  }
}

/**
 * A run that starts when its requirements are loaded; if loading fails, the error is its outcome. If it was cancelled
 * by then, it does not start.
 */
export function runLater(
  needed: Promise<unknown>,
  start: (args: unknown) => TaskRun,
  fail: (error: unknown) => Outcome,
  isCancelled: () => boolean
): TaskRun {
  let run: TaskRun | undefined
  let cancelled: { readonly reason: unknown } | undefined
  const outcome = needed.then(there => {
    if (cancelled !== undefined) return fail(cancelled.reason)
    if (isCancelled()) return fail(new CallAbortedError('the call was cancelled before it began'))
    run = start(there)
    return run.outcome
  }, fail)
  return {
    outcome,
    cancel(reason) {
      cancelled = { reason }
      run?.cancel(reason)
    }
  }
}
