import { now } from '../clock.js'
import type { Run, StreamSource, Task } from '../executor/executor.js'
import { type Limits, limitReached, timeoutError, watchLimits } from '../scope/limits.js'
import { earliest } from '../scope/scope.js'
import { TaskControl } from '../scope/task-info.js'
import { enterTask } from '../scope/task-scope.js'
import type { Enter } from '../stream/local-source.js'
import { isSource } from '../stream/source-mark.js'
import { waitAtMost } from '../wait-at-most.js'
import { BoundedSource } from './bounded-source.js'
import { CLEANUP_GRACE } from './cleanup-grace.js'
import { CalledRun } from './runs.js'

const ignore = (): void => {}

/** A run in place that a timeout, a signal or `cancel()` can end: the caller's wait at once, the function itself
 * as soon as it looks at `currentTask()`. */
export class BoundedRun implements Run {
  readonly promise: Promise<unknown>
  readonly #control: TaskControl
  readonly #called: CalledRun
  readonly #limits: Limits
  #stopWatching: () => void = () => {}
  #fail!: (reason: unknown) => void
  #source: BoundedSource | undefined
  #isSettled = false
  #stopped: { readonly reason: unknown } | undefined

  constructor(task: Task, call: (enter: Enter) => unknown) {
    this.#limits = runLimits(task)
    const lateError = (): unknown => timeoutError(this.#limits)
    this.#control = new TaskControl(task.name, this.#limits.deadline, undefined, lateError)
    this.#stopWatching = watchLimits(this.#limits, reason => this.cancel(reason))
    this.#called = new CalledRun(task.name, () => {
      const value = call(step => enterTask(this.#control, step))
      const late = isPending(value) ? undefined : limitReached(this.#limits)
      if (late !== undefined && !isSource(value)) throw late.reason
      return value
    })
    this.promise = new Promise((resolve, reject) => {
      this.#fail = reject
      this.#called.promise.then(
        value => {
          if (this.#stopped === undefined) resolve(this.#settle(value))
          else if (isSource(value)) value.return().catch(ignore)
        },
        error => {
          if (this.#stopped !== undefined) return
          this.#end()
          reject(error)
        }
      )
    })
  }

  waitSync(): unknown {
    if (this.#stopped !== undefined) throw this.#stopped.reason
    return this.#settle(this.#called.waitSync())
  }

  cancel(reason: unknown): void {
    if (this.#isSettled || this.#stopped !== undefined) return
    this.#control.cancel(reason)
    if (this.#source !== undefined) {
      this.#end()
      this.#source.fail(reason)
      return
    }
    // Whatever the function makes of it, its caller sees why it was stopped.
    this.#stopped = { reason }
    // The function's own cleanup comes first, so that its `finally` has run when the caller goes on.
    const cleaned = this.#called.promise.catch(ignore)
    waitAtMost(cleaned, CLEANUP_GRACE).then(() => {
      this.#end()
      this.#fail(reason)
    })
  }

  #settle(value: unknown): unknown {
    if (!isSource(value)) {
      this.#end()
      return value
    }
    this.#source ??= new BoundedSource(
      value as StreamSource,
      () => limitReached(this.#limits),
      () => this.#end()
    )
    return this.#source
  }

  #end(): void {
    this.#isSettled = true
    this.#stopWatching()
  }
}

/** The task's limits with its `runTimeout` folded in: in place nothing waits, so execution begins now. */
function runLimits(task: Task): Limits {
  if (task.runTimeout === undefined) return task
  const runDeadline = now() + task.runTimeout
  const deadline = earliest(task.deadline, runDeadline)
  const { name, signals, runTimeout } = task
  return { name, deadline, signals, timeout: deadline === runDeadline ? runTimeout : task.timeout }
}

function isPending(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}
