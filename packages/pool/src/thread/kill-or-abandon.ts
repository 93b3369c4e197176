import type { Progress } from './loop-turns.js'
import type { Thread } from './thread.js'
import type { ThreadRun } from './thread-run.js'

/**
 * What becomes of a task that was told to stop and has not ended in its time. To end its thread is right where the task
 * keeps that busy or has it to itself, and wrong where it merely waits beside others, who would lose what they have.
 */
export class Unresolved {
  readonly #run: ThreadRun
  /** How the thread stood when it was not known what keeps it busy. */
  #seen: Progress | undefined

  constructor(run: ThreadRun) {
    this.#run = run
  }

  /** What to do now, or for how many milliseconds to wait before this is asked again. */
  decide(thread: Thread | undefined, isHeard: boolean): 'kill' | 'abandon' | number {
    const { task, owner } = this.#run
    const chosen = task.onTimeout ?? owner.onTimeout
    if (thread === undefined || chosen !== undefined) return chosen ?? 'kill'
    const { busyWith } = thread.calls
    if (busyWith === this.#run || busyWith === 'what was left' || this.#isAlone(thread)) return 'kill'
    if (busyWith !== undefined || thread.isImporting) return 'abandon'
    // The thread's event loop turns: it is not kept from anything.
    if (this.#seen === undefined && isHeard) return 'abandon'
    if (this.#seen === undefined) {
      this.#seen = thread.progress()
      return owner.stuckGrace
    }
    return this.#seen.isStill ? 'kill' : 'abandon'
  }

  /** Whether its end is no other's loss. */
  #isAlone(thread: Thread): boolean {
    return !this.#run.owner.isShared && !thread.isHeld && !thread.calls.haveStartedBeside(this.#run)
  }
}
