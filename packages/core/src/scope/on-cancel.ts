import { onAbort } from './signal-listeners.js'
import type { TaskControl, TaskInfo } from './task-info.js'

/**
 * Calls `listener` with the reason when a task is cancelled, until the function that is returned is called. An AbortSignal costs
 * more than many a task, so it is used only where the task has nothing cheaper. (A pool's thread has a copy of this package of its
 * own, so the class of the task can not be asked for.)
 */
export function onCancel(task: TaskInfo, listener: (reason: unknown) => void): () => void {
  const { onCancel: add } = task as Partial<TaskControl>
  return add === undefined ? onAbort(task.signal, listener) : add.call(task, listener)
}
