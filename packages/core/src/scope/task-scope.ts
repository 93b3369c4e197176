import { beginUnentered, enterScope, isScopeRead } from './scope.js'
import type { TaskControl } from './task-info.js'

/** Runs a step of a task with `currentTask()` set, so that nested calls inherit its remaining limits. */
export function enterTask<R>(task: TaskControl, step: () => R): R {
  return isScopeRead() ? enterScope(task, step) : unentered(task, step)
}

function unentered<R>(task: TaskControl, step: () => R): R {
  const end = beginUnentered(task)
  let isLater = false
  try {
    const result = step()
    isLater = result instanceof Promise
    if (isLater) (result as Promise<unknown>).then(end, end)
    return result
  } finally {
    if (!isLater) end()
  }
}
