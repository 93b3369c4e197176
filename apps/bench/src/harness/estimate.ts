import { mean, median } from 'simple-statistics'
import { type Cluster, clustersOf } from './clusters.js'
import { logOf } from './log-of.js'
import { seeded } from './seeded.js'

/** How far a second run on the same machine may differ for a row to be called quiet. */
export const AGREEMENT = 0.15

/** What the launches of a run agree on, and what a second run would find. */
export interface Estimate {
  /** The middle of the launches' medians: how one launch's threads were placed does not decide. */
  readonly value: number
  /** By which part a second run's value differs at most, nineteen times of twenty; one launch can't tell. */
  readonly repeat?: number
  readonly state: 'quiet' | 'noisy' | 'unsettled'
  /** Where the rounds lie in heaps far apart: no one value describes them. */
  readonly clusters?: readonly Cluster[]
  /** The median of each launch: what another estimator could be tried on. */
  readonly launches: readonly number[]
}

const RESAMPLES = 1000
const CONFIDENCE = 0.95
/** Which part of the launches is left out at either end: one that was disturbed moves nothing. */
const TRIM = 0.25

/** From the rounds of each launch, no launch without any. */
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

/** By which part two runs may differ, from what each of them says of a second run like itself. */
export function repeatOfBoth(one: Estimate, other: Estimate): number | undefined {
  if (one.repeat === undefined || other.repeat === undefined) return undefined
  return Math.expm1(Math.hypot(Math.log1p(one.repeat), Math.log1p(other.repeat)) / Math.SQRT2)
}

/** The mean of the middle half: of logarithms, so that twice and half as much are equally far. */
function middle(logs: readonly number[]): number {
  const left = Math.floor(logs.length * TRIM)
  return mean([...logs].sort((a, b) => a - b).slice(left, logs.length - left))
}

/**
 * Two runs are drawn from the launches of this one, again and again, and compared. A launch is drawn whole: its rounds
 * are not independent of each other.
 */
function repeatability(logs: readonly number[]): number | undefined {
  const many = logs.length
  if (many < 2) return undefined
  const random = seeded(many)
  const draw = (): number => middle(logs.map(() => logs[Math.floor(random() * many)] as number))
  const differences = Array.from({ length: RESAMPLES }, () => Math.abs(draw() - draw()))
  const most = differences.sort((a, b) => a - b)[Math.floor(RESAMPLES * CONFIDENCE)] as number
  // What is drawn lies about the mean of the launches there are, which is closer to them than the true one.
  return Math.expm1(most * Math.sqrt(many / (many - 1)))
}
