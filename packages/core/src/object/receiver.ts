import { DisposedError } from '../errors/errors.js'
import type { Task } from '../executor/executor.js'
import type { ObjectReference } from './object-reference.js'

/**
 * Refuses a task on an object whose construction failed, or that has been disposed. For authors of executors.
 *
 * @throws the error of its constructor; DisposedError after its disposal.
 * @example
 * ```ts
 * start(task: Task): Run {
 *   refuseDisposed(task)
 * ```
 */
export function refuseDisposed(task: Task): void {
  if (isBound(task)) refuseUnusable(task, task.receiver as ObjectReference)
}

/**
 * Refuses an object whose construction failed, or that has been disposed, in a task that uses it. For authors of
 * executors.
 *
 * @throws the error of its constructor; DisposedError after its disposal.
 * @example
 * ```ts
 * for (const value of task.args) {
 *   const reference = referenceTo(value)
 *   if (reference !== undefined) refuseUnusable(task, reference)
 * }
 * ```
 */
export function refuseUnusable({ name: task }: Pick<Task, 'name'>, reference: ObjectReference): void {
  const { failure, isDisposed, name } = reference
  failure.isReported = true
  if (failure.thrown !== undefined) throw failure.thrown.error
  if (isDisposed) throw new DisposedError(`${task}(): the ${name} was disposed; make another one`)
}

/**
 * The object that a task refers to, if there is one. For authors of executors.
 *
 * @example
 * ```ts
 * const number = receiverOf(task)?.id
 * ```
 */
export function receiverOf(task: Task): ObjectReference | undefined {
  return task.operation === undefined ? undefined : (task.receiver as ObjectReference | undefined)
}

/** Whether a task refers to an object, and so needs no module. */
export function isBound(task: Task): boolean {
  return task.operation !== 'new' && receiverOf(task) !== undefined
}
