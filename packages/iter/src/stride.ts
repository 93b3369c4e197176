/** Milliseconds between two looks from which on an item counts as slow. */
const SLOW = 0.5

/** Tells how many items may go by until the clock is looked at again: many fast ones, or one slow one. */
export class Stride {
  readonly #longest: number
  #stride = 1
  #left = 1
  #last = 0

  /** Looking costs as much as a fast item, so `longest` of them go by; when they turn slow, it is noticed after so many. */
  constructor(longest: number) {
    this.#longest = longest
  }

  /** How many items may go by. */
  get length(): number {
    return this.#stride
  }

  /** Begins anew at `time`: what was before was no work. */
  begin(time: number): void {
    this.#last = time
  }

  /** Counts one item; whether it is time to look. */
  count(): boolean {
    return --this.#left <= 0
  }

  /** Looks; gives the time. */
  look(): number {
    const time = performance.now()
    this.#stride = time - this.#last < SLOW ? Math.min(this.#longest, this.#stride * 2) : 1
    this.#left = this.#stride
    this.#last = time
    return time
  }
}
