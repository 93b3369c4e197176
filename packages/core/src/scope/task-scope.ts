import { enterScope, isScopeRead, type Scope } from './scope.js'
import type { TaskControl } from './task-info.js'

/** Runs a step of a task so that `currentTask()` is there and nested calls inherit what is left to it. */
export function enterTask<R>(control: TaskControl, step: () => R): R {
  return isScopeRead() ? enterScope(new TaskScope(control), step) : step()
}

class TaskScope implements Scope {
  readonly deadline: number | undefined
  readonly task: TaskControl

  constructor(task: TaskControl) {
    this.deadline = task.deadline
    this.task = task
  }

  /** The signal is allocated only when a nested call is made. */
  get signals(): readonly AbortSignal[] {
    return [this.task.signal]
  }
}
