import type { Progress } from './loop-turns.js'
import type { QueuedRun } from './queued-run.js'
import type { Thread } from './thread.js'

/**
 * Decides what happens to a task that was cancelled and has not ended in time. Terminating its thread is right if the
 * task keeps it busy or has it to itself, and wrong if it merely waits beside other calls, which would be lost.
 */
export class Unresolved {
  readonly #run: QueuedRun
  /** The state of the thread when it was not known what keeps it busy. */
  #seen: Progress | undefined

  constructor(run: QueuedRun) {
    this.#run = run
  }

  /** What to do now, or for how many milliseconds to wait before deciding again. */
  decide(thread: Thread | undefined, isHeard: boolean): 'kill' | 'abandon' | number {
    const { task, executor } = this.#run
    const chosen = task.onTimeout ?? executor.onTimeout
    if (thread === undefined || chosen !== undefined) return chosen ?? 'kill'
    const { busyWith } = thread.calls
    if (busyWith === this.#run || busyWith === 'what was left' || this.#isAlone(thread)) return 'kill'
    if (busyWith !== undefined || thread.isImporting) return 'abandon'
    // The thread's event loop turns: the task does not block it.
    if (this.#seen === undefined && isHeard) return 'abandon'
    if (this.#seen === undefined) {
      this.#seen = thread.progress()
      return executor.stuckGrace
    }
    return this.#seen.isStill ? 'kill' : 'abandon'
  }

  /** Whether its end affects no other call. */
  #isAlone(thread: Thread): boolean {
    return !this.#run.executor.isShared && !thread.isHeld && !thread.calls.haveStartedBeside(this.#run)
  }
}
