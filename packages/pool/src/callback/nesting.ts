import type { Schedule } from '../queue/schedule.js'
import { blockedCalls } from '../thread/block-in-turns.js'
import type { Thread } from '../thread/thread.js'
import { ThreadRun } from '../thread/thread-run.js'
import type { Threads } from '../thread/threads.js'
import { waitingFor } from './served.js'

/** What becomes of a call that has to wait for a place: it may be the one that whoever holds the place waits for. */
export class Nesting {
  readonly #threads: Threads
  readonly #schedule: Schedule

  constructor(threads: Threads, schedule: Schedule) {
    this.#threads = threads
    this.#schedule = schedule
  }

  /** Has a call that waits run inside of the one that it was made for. */
  look(run: ThreadRun): void {
    if (run.slot < 0) return
    for (const { thread } of waitingFor(run.nestedIn)) {
      if (this.#threads.has(thread)) return this.#nest(run, thread)
    }
  }

  /** The same for the call that this thread is blocked by: while it is, whoever waits for this thread waits for it. */
  lookAtBlocked(): void {
    const run = blockedCalls().at(-1)
    if (!(run instanceof ThreadRun) || run.slot < 0) return
    const waiting = [...this.#threads].find(thread => thread.callbacks.isWaitedFor)
    if (waiting !== undefined) this.#nest(run, waiting)
  }

  #nest(run: ThreadRun, thread: Thread): void {
    this.#schedule.remove(run)
    run.sendTo(thread, false, true)
  }
}
