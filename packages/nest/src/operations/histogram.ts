/** The upper bounds of the buckets, in milliseconds: from the time of a small call to that of a long report. */
export const BUCKETS: readonly number[] = [
  0.1, 0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000
]

/** The distribution of a time. */
export interface Times {
  readonly count: number
  /** The sum of all times, in milliseconds. */
  readonly sum: number
  /** How many took at most `le` milliseconds, as Prometheus counts; longer ones are only in the total `count`. */
  readonly buckets: readonly { readonly le: number; readonly count: number }[]
}

/** Counts times by their length. */
export class Histogram {
  readonly #counts = BUCKETS.map(() => 0)
  #count = 0
  #sum = 0

  add(milliseconds: number): void {
    this.#count++
    this.#sum += milliseconds
    const bucket = BUCKETS.findIndex(le => milliseconds <= le)
    if (bucket !== -1) this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1
  }

  snapshot(): Times {
    let count = 0
    const buckets = BUCKETS.map((le, n) => {
      count += this.#counts[n] ?? 0
      return { le, count }
    })
    return { count: this.#count, sum: this.#sum, buckets }
  }
}
