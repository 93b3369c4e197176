import { CallTimeoutError } from '@bridge/core'
import { type Task, timeoutError } from '@bridge/core/executor'

/** The error of a wait that ended before the call did. */
export function waitTimeout(task: Task, timeout: number): CallTimeoutError {
  return new CallTimeoutError(
    `waitSync(): ${task.name}() has not finished within ${timeout} ms; it runs on, wait again or cancel() it`,
    timeout
  )
}

/** The error of an execution that took longer than its `runTimeout`. */
export function runTimeoutError(task: Task): CallTimeoutError {
  return timeoutError({ ...task, timeout: task.runTimeout })
}
