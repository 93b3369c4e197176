import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'

/** The values of a histogram, in milliseconds. */
export interface Times {
  /** How many calls it counts. */
  readonly count: number
  readonly min: number
  readonly mean: number
  readonly stddev: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

const NANOSECONDS = 1e6

/** The longest time that is distinguished from longer ones: a day. */
const LONGEST = 24 * 3600 * 1000 * NANOSECONDS

const NONE: Times = { count: 0, min: 0, mean: 0, stddev: 0, p50: 0, p99: 0, max: 0 }

/** A histogram of times, accurate to a hundredth. Recording costs some 20 ns. */
export class CallTimes {
  // Created with the first time: an executor that runs nothing, such as an unused `loop`, needs none.
  #histogram: RecordableHistogram | undefined

  record(milliseconds: number): void {
    this.#histogram ??= createHistogram({ highest: LONGEST, figures: 2 })
    this.#histogram.record(Math.min(Math.max(Math.round(milliseconds * NANOSECONDS), 1), LONGEST))
  }

  look(): Times {
    const histogram = this.#histogram
    if (histogram === undefined) return NONE
    return {
      count: histogram.count,
      min: histogram.min / NANOSECONDS,
      mean: histogram.mean / NANOSECONDS,
      stddev: histogram.stddev / NANOSECONDS,
      p50: histogram.percentile(50) / NANOSECONDS,
      p99: histogram.percentile(99) / NANOSECONDS,
      max: histogram.max / NANOSECONDS
    }
  }
}
