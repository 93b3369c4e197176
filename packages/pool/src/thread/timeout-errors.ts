import { CallTimeoutError } from '@bridge/core'
import { type Limits, now, type Task, timeoutError } from '@bridge/core/executor'

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

/** What bounds an execution that begins now; `undefined` where nothing does. */
export function runLimits({ runTimeout, name }: Task): (Limits & { readonly deadline: number }) | undefined {
  if (runTimeout === undefined) return undefined
  return { name, timeout: runTimeout, deadline: now() + runTimeout, signals: [] }
}
