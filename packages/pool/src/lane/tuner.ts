import { availableParallelism } from 'node:os'

/** How many calls are looked at together. */
const WINDOW = 16

/** How much longer than it took an attempt to spin must wait for the next one, at first and at most. */
const RARELY = 32
const MOST_RARELY = 1024

/** How many calls come before the first attempt: a few are not worth one. */
const BEFORE = 48

/** The thread on the other side. */
export interface Neighbour {
  /** Lets both threads find a processor of their own, if there is one, and tells whether they have. */
  comeApart(): boolean
}

/**
 * Which way of waiting is the faster one just now: to spin, which wins by ten times where both threads have a
 * processor to themselves, or to park, which wins where they share one. Nothing but time tells, so while one
 * blocking call follows another the cost of either way is measured. Attempts that change nothing become rarer, in
 * proportion to what they cost.
 */
export class Tuner {
  readonly #maySpin: boolean
  #spins = false
  /** What the last calls cost, in milliseconds. */
  #window: number[] = []
  /** What a parked call costs, in milliseconds. */
  #parked = Infinity
  /** Calls, and milliseconds of calls, before the next attempt. */
  #before = BEFORE
  #due = 0
  #rarely = RARELY

  constructor(processors = availableParallelism()) {
    this.#maySpin = processors > 1
  }

  /** Whether both sides should spin while they wait for each other. */
  get spins(): boolean {
    return this.#spins
  }

  /** Takes in what a call to that thread cost, in milliseconds, its function's own time left out. */
  record(cost: number, neighbour: Neighbour): void {
    if (!this.#maySpin) return
    this.#before--
    this.#due -= cost
    if (this.#window.push(cost) < WINDOW) return
    const middle = this.#window.sort((a, b) => a - b)[WINDOW / 2] as number
    this.#window = []
    if (!this.#spins) this.#parked = middle
    // Two that spin and have come to share a processor cost each other more than parking does.
    if (this.#spins ? middle >= this.#parked : this.#before <= 0) this.#attempt(neighbour)
  }

  #attempt(neighbour: Neighbour): void {
    if (this.#due > 0) {
      this.#spins = false
      return
    }
    const began = performance.now()
    this.#spins = neighbour.comeApart()
    this.#rarely = this.#spins ? RARELY : Math.min(this.#rarely * 2, MOST_RARELY)
    this.#due = (performance.now() - began) * this.#rarely
  }
}
