import { mean, median } from 'simple-statistics'
import { type Cluster, clustersOf } from './clusters.js'
import { logOf } from './log-of.js'
import { seeded } from './seeded.js'

/** How far a second run on the same machine may differ for a quiet row. */
export const AGREEMENT = 0.15

/** The common value of a run's launches, and the expected difference of a second run. */
export interface Estimate {
  /** The middle of the launches' medians, so that the placement of one launch's threads does not decide. */
  readonly value: number
  /** The maximum relative difference of a second run in nineteen of twenty cases; unknown with one launch. */
  readonly repeat?: number
  readonly state: 'quiet' | 'noisy' | 'unsettled'
  /** Set if the rounds form clusters far apart, so that no single value describes them. */
  readonly clusters?: readonly Cluster[]
  /** The median of each launch, for trying other estimators. */
  readonly launches: readonly number[]
}

const RESAMPLES = 1000
const CONFIDENCE = 0.95
/** The share of launches that is left out at each end, so that a disturbed launch has no influence. */
const TRIM = 0.25

/** Computes the estimate from the rounds of each launch; every launch has at least one. */
export function estimate(launches: readonly (readonly number[])[]): Estimate {
  const medians = launches.map(rounds => median([...rounds]))
  const logs = medians.map(logOf)
  const clusters = clustersOf(launches.flat())
  const repeat = repeatability(logs)
  const isQuiet = repeat !== undefined && repeat <= AGREEMENT
  return {
    value: Math.exp(middle(logs)),
    ...(repeat !== undefined && { repeat }),
    state: clusters !== undefined ? 'unsettled' : isQuiet ? 'quiet' : 'noisy',
    ...(clusters && { clusters }),
    launches: medians.map(each => Number(each.toPrecision(4)))
  }
}

/** The relative difference to expect of two runs, from the repeatability of each. */
export function repeatOfBoth(one: Estimate, other: Estimate): number | undefined {
  if (one.repeat === undefined || other.repeat === undefined) return undefined
  return Math.expm1(Math.hypot(Math.log1p(one.repeat), Math.log1p(other.repeat)) / Math.SQRT2)
}

/** The mean of the middle half, of logarithms, so that twice and half as much are equally far. */
function middle(logs: readonly number[]): number {
  const left = Math.floor(logs.length * TRIM)
  return mean([...logs].sort((a, b) => a - b).slice(left, logs.length - left))
}

/**
 * Repeatedly draws two runs from the launches of this run, and compares them. A launch is drawn as a whole, because its rounds
 * are not independent of each other.
 */
function repeatability(logs: readonly number[]): number | undefined {
  const many = logs.length
  if (many < 2) return undefined
  const random = seeded(many)
  const draw = (): number => middle(logs.map(() => logs[Math.floor(random() * many)] as number))
  const differences = Array.from({ length: RESAMPLES }, () => Math.abs(draw() - draw()))
  const most = differences.sort((a, b) => a - b)[Math.floor(RESAMPLES * CONFIDENCE)] as number
  // The drawn launches vary around the mean of the observed ones, which is closer to them than the true mean.
  return Math.expm1(most * Math.sqrt(many / (many - 1)))
}
