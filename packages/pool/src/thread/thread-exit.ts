import type { Worker } from 'node:worker_threads'
import { Timer } from '@bridge/core/internal'
import type { Lane } from '../lane/lane.js'
import { GONE } from '../lane/wire.js'
import type { EndCause } from '../stats/thread-ends.js'
import { closeAtExit } from './at-exit.js'

/** Why threads are ended that nothing runs on: they end themselves, and take down what their `setup` began. */
const BY_ITSELF: readonly EndCause[] = ['closed', 'idle', 'recycled']

/** A thread that is profiled writes that at its end, in so many milliseconds; one that is ended meanwhile writes nothing. */
const PROFILE_GRACE = 10_000

function isProfiled(): boolean {
  const flags = [...process.execArgv, process.env.NODE_OPTIONS ?? '']
  return flags.some(flag => /(^|\s)--(cpu|heap)-prof\b/.test(flag))
}

/** Whether a thread that is ended for this cause ends itself. */
export function endsItself(cause: EndCause | undefined): boolean {
  return cause !== undefined && BY_ITSELF.includes(cause)
}

/** How a thread is brought to its end, and when that has come. */
export class ThreadExit {
  /** Resolves when the thread has ended. */
  readonly over: Promise<void>
  readonly #worker: Worker
  readonly #lane: Lane
  readonly #killGrace: number
  readonly #after: Int32Array<SharedArrayBuffer> | undefined
  #isOver = false
  #isEndingItself = false

  /** `after` tells of the end of the thread that had its number before, where it waits for that. */
  constructor(
    worker: Worker,
    exited: Promise<void>,
    lane: Lane,
    killGrace: number,
    after: Int32Array<SharedArrayBuffer> | undefined
  ) {
    this.#after = after
    this.#worker = worker
    this.#lane = lane
    this.#killGrace = killGrace
    const forget = closeAtExit(lane)
    this.over = exited.then(() => {
      this.#isOver = true
      forget()
    })
  }

  /**
   * The words that tell of the end of a thread that is ending itself, or of the one that it waited for when it was ended;
   * `undefined` where neither is still ending.
   */
  get word(): Int32Array<SharedArrayBuffer> | undefined {
    if (this.#isEndingItself) return this.#isOver ? undefined : this.#lane.threadData.control
    return this.#after !== undefined && Atomics.load(this.#after, GONE) === 0 ? this.#after : undefined
  }

  /** A caller that waits for the end must not see the process end first. */
  keepAlive(): void {
    if (!this.#isOver) this.#worker.ref()
  }

  atOnce(): void {
    this.#lane.close()
    void this.#worker.terminate()
  }

  /** It can't be talked to any more. Its end is still to come, and the process must not end before. */
  cut(): void {
    this.keepAlive()
    void this.#worker.terminate()
  }

  /** The thread ends itself, and is ended where it has not in its time. */
  byItself(): void {
    this.#isEndingItself = true
    this.#lane.end()
    const grace = isProfiled() ? Math.max(PROFILE_GRACE, this.#killGrace) : this.#killGrace
    const timer = new Timer(grace, () => void this.#worker.terminate())
    void this.over.then(() => timer.stop())
  }
}
