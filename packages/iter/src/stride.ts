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

  /** How many items may go by between two looks. */
  get length(): number {
    return this.#stride
  }

  /** How many of them are left. */
  get left(): number {
    return this.#left
  }

  /** Begins anew at `time`: what was before was no work. */
  begin(time: number): void {
    this.#last = time
  }

  /** Counts items; whether it is time to look. */
  count(items: number): boolean {
    this.#left -= items
    return this.#left <= 0
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
