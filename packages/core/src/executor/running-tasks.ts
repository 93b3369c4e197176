import { startMadeCalls } from '../call/made-calls.js'
import { refuse } from '../check.js'
import { ExecutorClosedError } from '../errors/errors.js'
import { CalledRun } from '../inline/runs.js'
import { adopt } from '../promise.js'
import type { Executor, Run, Task } from './executor.js'

/**
 * What an executor has under way, so that `close()` can refuse new calls and wait for these. For authors of executors.
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

  /** The run that `start` gives, or, once closed, one that is refused with `ExecutorClosedError`. */
  add(task: Task, start: () => Run): Run {
    if (this.#isClosed) {
      return new CalledRun(task.name, () => {
        throw new ExecutorClosedError(`${task.name}(): ${this.#executor.name} is closed`)
      })
    }
    const run = start()
    const forget = (): unknown => this.#running.delete(ended)
    // Read once: each read may make a promise of its own, whose rejection would have no handler.
    const ended: Promise<unknown> = adopt(run.promise).then(forget, forget)
    this.#running.add(ended)
    return run
  }

  /** Starts what was called before, refuses what is added from now on, and waits for what is under way. */
  async close(): Promise<void> {
    startMadeCalls(this.#executor)
    this.#isClosed = true
    await Promise.allSettled(this.#running)
  }
}
