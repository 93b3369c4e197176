import { DisposedError } from '../errors/errors.js'
import type { Task } from '../executor/executor.js'
import type { ObjectReference } from './object-reference.js'

/** Refuses what is asked of an object that has been disposed. For authors of executors. */
export function refuseDisposed(task: Task): void {
  const reference = receiverOf(task)
  if (reference?.isDisposed !== true) return
  throw new DisposedError(`${task.name}(): the ${reference.name} was disposed; make another one`)
}

/** The object that a task is about, where it is about one. */
export function receiverOf(task: Task): ObjectReference | undefined {
  return task.operation === undefined ? undefined : (task.receiver as ObjectReference | undefined)
}
