import { enterScope, isScopeRead } from './scope.js'
import type { TaskControl } from './task-info.js'

/** Runs a step of a task so that `currentTask()` is there and nested calls inherit what is left to it. */
export function enterTask<R>(task: TaskControl, step: () => R): R {
  return isScopeRead() ? enterScope(task, step) : step()
}
