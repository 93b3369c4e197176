import { startMadeCalls } from '../call/made-calls.js'
import { refuse } from '../check.js'
import { ExecutorClosedError } from '../errors/errors.js'
import { CalledRun } from '../inline/runs.js'
import { adopt } from '../promise.js'
import type { Executor, Run, Task } from './executor.js'

/**
 * The runs that an executor has in flight, so that `close()` can refuse new calls and wait for these. For authors of
 * executors.
 *
 * @example
 * ```ts
 * readonly #running = new RunningTasks(this)
 * start(task: Task): Run {
 *   return this.#running.add(task, () => this.#send(task))
 * }
 * close(): Promise<void> {
 *   return this.#running.close()
 * }
 * ```
 */
export class RunningTasks {
  readonly #executor: Executor
  readonly #running = new Set<Promise<unknown>>()
  #isClosed = false

  constructor(executor: Executor) {
    if (typeof executor?.start !== 'function') {
      refuse('RunningTasks()', 'executor must be an Executor', executor)
    }
    this.#executor = executor
  }

  /** The run that `start` returns or, once closed, a run that is refused with `ExecutorClosedError`. */
  add(task: Task, start: () => Run): Run {
    if (this.#isClosed) {
      return new CalledRun(task.name, () => {
        throw new ExecutorClosedError(`${task.name}(): ${this.#executor.name} is closed`)
      })
    }
    const run = start()
    const remove = (): unknown => this.#running.delete(ended)
    // Read once: each read may create a new promise, whose rejection would have no handler.
    const ended: Promise<unknown> = adopt(run.promise).then(remove, remove)
    this.#running.add(ended)
    return run
  }

  /** Starts the earlier calls, refuses the tasks that are added from now on, and waits for those in flight. */
  async close(): Promise<void> {
    startMadeCalls(this.#executor)
    this.#isClosed = true
    await Promise.allSettled(this.#running)
  }
}
