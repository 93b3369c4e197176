import { CallAbortedError } from '@bridge/core'
import type { HostRequest, HostRun, Outcome } from '@bridge/core/host'
import type { References } from '../lane/wire.js'

/** What a function's number stands for. */
export type TaskOfFunction = Pick<HostRequest, 'module' | 'name' | 'operation' | 'keep'>

/** A call as it has arrived. */
export interface ArrivedCall {
  readonly id: number
  readonly task: TaskOfFunction
  readonly args: readonly unknown[]
  readonly deadline: number | undefined
  readonly context: HostRequest['context']
  readonly references: References
  /** Whether this thread is blocked until it has ended. */
  readonly isBlocking?: boolean
}

/** Whether it is about an object that lives on this thread, or makes one. */
export function isOnObject({ module, operation }: TaskOfFunction): boolean {
  return operation !== undefined && (module === '' || operation === 'new')
}

/** Whether it is about an object that lives on this thread, makes one or is given any. */
export function needsObject(task: TaskOfFunction, references: References): boolean {
  const isGiven = references?.some(place => place.length === 3 && place[2][0] === 'object') === true
  return isGiven || isOnObject(task)
}

/** What the host is asked: an operation has the number of its object as the first of its arguments. */
export function requestOf(
  { task, deadline, context, isBlocking }: ArrivedCall,
  args: readonly unknown[]
): HostRequest {
  const { module, name, operation, keep } = task
  // Written out: to copy an object costs as much as all the rest.
  if (!isOnObject(task)) {
    return { module, name, operation, keep, deadline, context, isBlocking, args }
  }
  const object = args[0] as number
  return { module, name, operation, keep, deadline, context, isBlocking, object, args: args.slice(1) }
}

/**
 * A run that starts when what it needs is there; what keeps that from being there is how it ends. One that was cancelled
 * by then does not start.
 */
export function runLater(
  needed: Promise<unknown>,
  start: (args: unknown) => HostRun,
  fail: (error: unknown) => Outcome,
  isCancelled: () => boolean
): HostRun {
  let run: HostRun | undefined
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
