import { now } from '@bridge/core/executor'
import type { QueuedRun } from './queued-run.js'
import type { Thread } from './thread.js'
import { runLimits, runTimeoutError, watchUnheld } from './timeout-errors.js'

/** The `runTimeout` of a run: the time that its function alone may take, without its waits on the thread. */
export class RunTimeout {
  readonly #run: QueuedRun
  /** When it is checked next, on the clock of `now()`. */
  ends = Infinity
  /** Whether it may wait on its thread for other calls: its time counts from when it is seen to have started. */
  #mayWait = false
  #stopWatching: () => void = () => {}

  constructor(run: QueuedRun) {
    this.#run = run
  }

  /** It is about to be sent there. */
  onSend(thread: Thread): void {
    this.#mayWait = thread.load > 0
  }

  /** From now on the time counts. */
  begin(): void {
    this.#stopWatching()
    const limits = runLimits(this.#run.task, this.#mayWait)
    if (limits !== undefined) this.#stopWatching = watchUnheld(limits, () => this.check())
    this.ends = limits?.deadline ?? Infinity
  }

  /** It has ended, or its thread never started it. */
  stop(): void {
    this.ends = Infinity
    this.#stopWatching()
  }

  /** Stops the run, unless all of the time was spent waiting on the thread: for its start, an import, or other calls. */
  check(): void {
    const { thread, task } = this.#run
    const hasEntered = thread?.hasEntered(this.#run) === true
    // A message received just now may show that it has entered the function only since.
    if (this.#run.isSettled || now() < this.ends) return
    if (hasEntered && !this.#mayWait) this.#run.cancel(runTimeoutError(task))
    else if (this.#run.thread !== undefined) {
      this.#mayWait = !hasEntered
      this.begin()
    }
  }
}
