import type { Worker } from 'node:worker_threads'
import { Timer } from '@bridge/core/internal'
import type { Connection } from '../connection/connection.js'
import { GONE } from '../connection/wire.js'
import type { EndCause } from '../stats/thread-ends.js'
import { closeAtExit } from './at-exit.js'

/** The causes for which idle threads are ended: they end themselves, after `teardown` of their `setup`. */
const BY_ITSELF: readonly EndCause[] = ['closed', 'idle', 'recycled']

/**
 * A profiled thread writes its profile at its end, within this many milliseconds; a thread that is terminated meanwhile
 * writes nothing.
 */
const PROFILE_GRACE = 10_000

function isProfiled(): boolean {
  const flags = [...process.execArgv, process.env.NODE_OPTIONS ?? '']
  return flags.some(flag => /(^|\s)--(cpu|heap)-prof\b/.test(flag))
}

/** Whether a thread that is ended for this cause ends itself. */
export function endsItself(cause: EndCause | undefined): boolean {
  return cause !== undefined && BY_ITSELF.includes(cause)
}

/** Ends a thread, and reports when it has ended. */
export class ThreadExit {
  /** Resolves when the thread has ended. */
  readonly over: Promise<void>
  readonly #worker: Worker
  readonly #connection: Connection
  readonly #killGrace: number
  readonly #after: Int32Array<SharedArrayBuffer> | undefined
  #isOver = false
  #isEndingItself = false

  /** `after` shows the end of the thread that had its number before, if the thread waits for that. */
  constructor(
    worker: Worker,
    exited: Promise<void>,
    connection: Connection,
    killGrace: number,
    after: Int32Array<SharedArrayBuffer> | undefined
  ) {
    this.#after = after
    this.#worker = worker
    this.#connection = connection
    this.#killGrace = killGrace
    const discard = closeAtExit(connection)
    this.over = exited.then(() => {
      this.#isOver = true
      discard()
    })
  }

  /**
   * The words that show the end of a thread that is ending itself, or of the thread that it waited for when it was
   * ended; `undefined` if neither is still ending.
   */
  get word(): Int32Array<SharedArrayBuffer> | undefined {
    if (this.#isEndingItself) return this.#isOver ? undefined : this.#connection.threadData.control
    return this.#after !== undefined && Atomics.load(this.#after, GONE) === 0 ? this.#after : undefined
  }

  /** A caller that waits for the end must not see the process end first. */
  keepAlive(): void {
    if (!this.#isOver) this.#worker.ref()
  }

  atOnce(): void {
    this.#connection.close()
    void this.#worker.terminate()
  }

  /** It can't be sent messages any more. It has not ended yet, and the process must not end before. */
  cut(): void {
    this.keepAlive()
    void this.#worker.terminate()
  }

  /** The thread ends itself, and is terminated if it has not ended in time. */
  byItself(): void {
    this.#isEndingItself = true
    this.#connection.end()
    const grace = isProfiled() ? Math.max(PROFILE_GRACE, this.#killGrace) : this.#killGrace
    const timer = new Timer(grace, () => void this.#worker.terminate())
    void this.over.then(() => timer.stop())
  }
}
