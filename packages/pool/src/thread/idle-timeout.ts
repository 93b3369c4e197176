import { Timer } from '@bridge/core/internal'
import type { Thread } from './thread.js'

/** Of which threads the idle ones end, and how many stay. */
export interface IdleThreads {
  readonly idleTimeout: number
  readonly minThreads: number
  readonly threads: ReadonlySet<Thread>
}

/**
 * Ends the threads beyond `minThreads` that have had nothing to do for `idleTimeout` ms: one timer for all of them, which
 * keeps no process alive, and none while no thread idles.
 */
export class IdleTimeout {
  readonly #of: IdleThreads
  #timer: Timer | undefined

  constructor(of: IdleThreads) {
    this.#of = of
  }

  /** A thread has become idle. */
  arm(): void {
    const { idleTimeout } = this.#of
    if (this.#timer === undefined && idleTimeout !== Infinity) this.#set(idleTimeout)
  }

  stop(): void {
    this.#timer?.stop()
    this.#timer = undefined
  }

  #set(delay: number): void {
    this.#timer = new Timer(delay, () => {
      this.#timer = undefined
      const next = this.#end()
      if (next !== undefined) this.#set(next)
    }).keepAlive(false)
  }

  /** Ends those that have idled too long, the longest first; in how many milliseconds to look again, if at all. */
  #end(): number | undefined {
    const { idleTimeout, minThreads, threads } = this.#of
    const ends = (thread: Thread): number => (thread.idleSince as number) + idleTimeout
    const idle = [...threads].filter(thread => thread.idleSince !== undefined)
    idle.sort((one, other) => ends(one) - ends(other))
    for (const thread of idle) {
      if (threads.size <= minThreads) return undefined
      const left = ends(thread) - performance.now()
      // A timer may fire a little early.
      if (left > 1) return left
      void thread.kill(`it had nothing to do for ${idleTimeout} ms (idleTimeout)`, 'idle')
    }
    return undefined
  }
}
