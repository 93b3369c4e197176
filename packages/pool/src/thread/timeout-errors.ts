import { CallTimeoutError } from '@bridge/core'
import { type Limits, now, type Task, timeoutError, watchLimits } from '@bridge/core/executor'

/** The error of a wait that ended before the call did. */
export function waitTimeout(task: Task, timeout: number): CallTimeoutError {
  return new CallTimeoutError(
    `waitSync(): ${task.name}() has not finished within ${timeout} ms; it continues to run, wait again or cancel() it`,
    timeout
  )
}

/** The error of an execution that took longer than its `runTimeout`. */
export function runTimeoutError(task: Task): CallTimeoutError {
  return timeoutError({ ...task, timeout: task.runTimeout })
}

/** How soon, as a fraction of its `runTimeout`, a call is checked that may wait on its thread for earlier calls. */
const SOON = 0.25

/** The limits of an execution that begins now, or that may not have begun; `undefined` if there are none. */
export function runLimits(
  { runTimeout, name }: Task,
  mayWait: boolean
): (Limits & { readonly deadline: number }) | undefined {
  if (runTimeout === undefined) return undefined
  const left = mayWait ? runTimeout * SOON : runTimeout
  return { name, timeout: runTimeout, deadline: now() + left, signals: [] }
}

/** The wait for the call keeps the process alive, not its limits. */
export function watchUnheld(limits: Limits, onLimit: (reason: unknown) => void): () => void {
  const watch = watchLimits(limits, onLimit)
  watch.keepAlive(false)
  return watch.stop
}
