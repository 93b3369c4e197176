import { enterScope, type Scope } from './scope.js'
import type { TaskControl } from './task-info.js'

/** Runs a step of a task so that `currentTask()` is there and nested calls inherit what is left to it. */
export function enterTask<R>(control: TaskControl, step: () => R): R {
  return enterScope(scopeOf(control), step)
}

function scopeOf(control: TaskControl): Scope {
  return {
    deadline: control.deadline,
    // A getter: the signal is allocated only when a nested call is made.
    get signals() {
      return [control.signal]
    },
    task: control
  }
}
