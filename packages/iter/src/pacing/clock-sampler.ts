/** An item that takes at least this many milliseconds counts as slow. */
const SLOW = 0.5

/** Decides after how many items the clock is read again: many fast ones, or one slow one. */
export class ClockSampler {
  readonly #longest: number
  #interval = 1
  #left = 1
  #last = 0

  /** Reading the clock costs as much as a fast item, so up to `longest` items pass; slow items are detected after as many. */
  constructor(longest: number) {
    this.#longest = longest
  }

  /** How many items may pass between two readings. */
  get interval(): number {
    return this.#interval
  }

  /** How many items are left until the next reading. */
  get left(): number {
    return this.#left
  }

  /** Restarts at `time`: the time before was not spent on items. */
  restart(time: number): void {
    this.#last = time
  }

  /** Counts items; returns whether the clock has to be read. */
  count(items: number): boolean {
    this.#left -= items
    return this.#left <= 0
  }

  /** Reads the clock; returns the time. */
  sample(): number {
    const time = performance.now()
    this.#interval = time - this.#last < SLOW ? Math.min(this.#longest, this.#interval * 2) : 1
    this.#left = this.#interval
    this.#last = time
    return time
  }
}
