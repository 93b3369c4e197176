import { type Blocker, stepSentStreams, watchSentStreams } from '@bridge/iter'
import { type SpinPeer, Tuner } from './tuner.js'

/** Something that receives while this thread is blocked. */
export interface Receiver {
  /** Sends what is held back until this thread returns to its event loop. */
  flush(): void
  /** Handles what has arrived. */
  receive(): void
}

/** How long, in milliseconds, a wait spins before it parks. */
const SPIN = 0.06

/** How soon, in milliseconds, a call must follow the last one for its thread to be still spinning. */
const HOT = 0.15

/** How long, in milliseconds, a function must run at least for the cost of waking up for its answer to be negligible. */
const LONG = 1

/** How often it reads the word before it reads the clock. */
const LOOKS = 64

/**
 * How this thread blocks: on one word that each of its worker threads increments after each message. Whatever it waits
 * for, it receives the messages of all of them, so that a blocked wait keeps queues moving and delivers each answer to
 * its call.
 */
export class Waker implements Blocker {
  readonly word = new Int32Array(new SharedArrayBuffer(4))
  readonly tuner = new Tuner()
  readonly #receivers = new Set<Receiver>()
  #lastEnd = 0
  #lastRunTime = 0

  constructor() {
    // The reader of a stream of this thread must wake it.
    watchSentStreams(this.word)
  }

  add(receiver: Receiver): void {
    this.#receivers.add(receiver)
  }

  delete(receiver: Receiver): void {
    this.#receivers.delete(receiver)
  }

  /** How long, in milliseconds, to spin for the answer to a call that starts now. */
  spinFor(started: number): number {
    return this.tuner.spins && this.#lastRunTime < LONG && this.#isHot(started) ? SPIN : 0
  }

  /**
   * A call that was made at `started` has just ended; its function ran for `runTime` of these milliseconds. The next
   * call uses this measurement.
   */
  record(started: number, runTime: number, spinPeer: SpinPeer): void {
    const ended = performance.now()
    this.#lastRunTime = runTime
    // Two threads that spin together take the processors from V8's compiler and garbage collector.
    if (runTime < LONG && this.#isHot(started)) this.tuner.record(ended - started - runTime, spinPeer)
    this.#lastEnd = performance.now()
  }

  /** The same as in `Blocker`; spins on the word for `spinFor` milliseconds before it parks. */
  blockUntil(isDone: () => boolean, timeout = Infinity, spinFor = 0): boolean {
    const ends = performance.now() + timeout
    for (const receiver of this.#receivers) receiver.flush()
    for (;;) {
      // Read before asking: a message that arrives in between changes the word, and the wait returns immediately.
      const seen = Atomics.load(this.word, 0)
      for (const receiver of this.#receivers) receiver.receive()
      stepSentStreams()
      if (isDone()) return true
      const left = ends - performance.now()
      if (left <= 0) return false
      if (spinFor === 0 || !this.#spin(seen, spinFor)) Atomics.wait(this.word, 0, seen, left)
    }
  }

  /** Whether a call follows the last one so closely that its thread is spinning for it, if it spins. */
  #isHot(started: number): boolean {
    return started - this.#lastEnd < HOT
  }

  /** Whether the word changed in time. */
  #spin(seen: number, milliseconds: number): boolean {
    const ends = performance.now() + milliseconds
    do {
      for (let look = 0; look < LOOKS; look++) if (Atomics.load(this.word, 0) !== seen) return true
    } while (performance.now() < ends)
    return false
  }
}

/** The waker of this thread. It is not shared between copies of the package: each waits for its own threads. */
export const waker = new Waker()
