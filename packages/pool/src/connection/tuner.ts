import { availableParallelism } from 'node:os'

/** How many calls are evaluated together. */
const WINDOW = 16

/** The next attempt to spin comes after this many times the duration of the last one, at first and at most. */
const RARELY = 32
const MOST_RARELY = 1024

/** How many calls come before the first attempt: it is not worth it for a few. */
const BEFORE = 48

/** The thread that spins at the other end. */
export interface SpinPeer {
  /** Makes both threads run on separate processors, if possible, and returns whether they do. */
  separateCores(): boolean
}

/**
 * Which way of waiting is currently faster: to spin, which is ten times faster if both threads have a processor to
 * themselves, or to park, which is faster if they share one. Only time shows that, so while one blocking call follows
 * another the cost of both ways is measured. Attempts that change nothing become rarer, in proportion to their cost.
 */
export class Tuner {
  readonly #maySpin: boolean
  #spins = false
  /** The cost of the last calls, in milliseconds. */
  #window: number[] = []
  /** The cost of a parked call, in milliseconds. */
  #parked = Infinity
  /** Calls, and milliseconds of calls, before the next attempt. */
  #before = BEFORE
  #due = 0
  #rarely = RARELY

  constructor(processors = availableParallelism()) {
    this.#maySpin = processors > 1
  }

  /** Whether both threads should spin while they wait for each other. */
  get spins(): boolean {
    return this.#spins
  }

  /** Records the cost of a call to that thread, in milliseconds, without the time of its function. */
  record(cost: number, spinPeer: SpinPeer): void {
    if (!this.#maySpin) return
    this.#before--
    this.#due -= cost
    if (this.#window.push(cost) < WINDOW) return
    const middle = this.#window.sort((a, b) => a - b)[WINDOW / 2] as number
    this.#window = []
    if (!this.#spins) this.#parked = middle
    // Two spinning threads that now share a processor cost each other more than parking does.
    if (this.#spins ? middle >= this.#parked : this.#before <= 0) this.#attempt(spinPeer)
  }

  #attempt(spinPeer: SpinPeer): void {
    if (this.#due > 0) {
      this.#spins = false
      return
    }
    const began = performance.now()
    this.#spins = spinPeer.separateCores()
    this.#rarely = this.#spins ? RARELY : Math.min(this.#rarely * 2, MOST_RARELY)
    this.#due = (performance.now() - began) * this.#rarely
  }
}
