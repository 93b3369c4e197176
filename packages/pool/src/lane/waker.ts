import { type Blocker, stepSentStreams, watchSentStreams } from '@bridge/iter'
import { type Neighbour, Tuner } from './tuner.js'

/** Something that receives while this thread is blocked. */
export interface Receiver {
  /** Sends what is held back until this thread comes back to its event loop. */
  flush(): void
  /** Takes what has arrived. */
  receive(): void
}

/** How long, in milliseconds, a wait spins before it parks. */
const SPIN = 0.06

/** How soon, in milliseconds, a call must follow the last one for its thread to be spinning still. */
const HOT = 0.15

/** How long, in milliseconds, a function runs at least beside which it costs nothing to be woken for its answer. */
const LONG = 1

/** How often it looks at the word before it looks at the clock. */
const LOOKS = 64

/**
 * How this thread blocks: on one word that every thread it owns increments after each message. Whatever it waits
 * for, it takes the messages of all of them, so that a blocked wait moves queues on and keeps each answer with
 * its own call.
 */
export class Waker implements Blocker {
  readonly word = new Int32Array(new SharedArrayBuffer(4))
  readonly tuner = new Tuner()
  readonly #receivers = new Set<Receiver>()
  #lastEnd = 0
  #lastRunTime = 0

  constructor() {
    // What reads a stream of this thread must wake it.
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
   * A call that was made at `started` has just ended; its function ran for `runTime` of these milliseconds.
   * Lets the next one profit from how long this one took.
   */
  record(started: number, runTime: number, neighbour: Neighbour): void {
    const ended = performance.now()
    this.#lastRunTime = runTime
    // Two threads that spin together take the processors from what is compiled and collected for the function.
    if (runTime < LONG && this.#isHot(started)) this.tuner.record(ended - started - runTime, neighbour)
    this.#lastEnd = performance.now()
  }

  /** As a `Blocker` does; it watches the word for `spinFor` milliseconds before it parks. */
  blockUntil(isDone: () => boolean, timeout = Infinity, spinFor = 0): boolean {
    const ends = performance.now() + timeout
    for (const receiver of this.#receivers) receiver.flush()
    for (;;) {
      // Read before asking: what arrives in between changes the word, and the wait returns at once.
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

  /** Whether the word changed soon. */
  #spin(seen: number, milliseconds: number): boolean {
    const ends = performance.now() + milliseconds
    do {
      for (let look = 0; look < LOOKS; look++) if (Atomics.load(this.word, 0) !== seen) return true
    } while (performance.now() < ends)
    return false
  }
}

/** The one waker of this thread. It is not shared between copies of the package: each waits for its own threads. */
export const waker = new Waker()
