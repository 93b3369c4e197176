import { QueueFullError, TaskNotFoundError } from '@bridge/core'
import { limitReached, refuseDisposed, type Task } from '@bridge/core/executor'

/** Why a task must not be queued, if there is a reason. */
export function refusalOf(task: Task, executor: string): { readonly reason: unknown } | undefined {
  try {
    refuseDisposed(task)
  } catch (reason) {
    return { reason }
  }
  const reached = limitReached(task)
  if (reached !== undefined || task.module !== undefined) return reached
  const reason = new TaskNotFoundError(
    `${task.name}() exists on its own thread only; ${executor} can't import it`
  )
  return { reason }
}

/** The error of a call that finds `size` waiting calls, which is the maximum. */
export function queueFull({ name }: Task, executor: string, size: number): QueueFullError {
  return new QueueFullError(
    `${name}(): ${size} calls wait for ${executor} already (maxQueue); try again later`
  )
}
