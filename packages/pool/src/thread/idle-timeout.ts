import { Timer } from '@bridge/core/internal'
import type { Thread } from './thread.js'

/** Which threads may end when they are idle, and how many stay. */
export interface IdleThreads {
  readonly idleTimeout: number
  readonly minThreads: number
  readonly threads: ReadonlySet<Thread>
}

/**
 * Ends the threads beyond `minThreads` that have been idle for `idleTimeout` ms: with one timer for all of them, which
 * does not keep the process alive, and none while no thread is idle.
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

  /**
   * Ends the threads that have been idle for too long, the longest first; returns in how many milliseconds to check
   * again, if at all.
   */
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
      void thread.kill(`it was idle for ${idleTimeout} ms (idleTimeout)`, 'idle')
    }
    return undefined
  }
}
