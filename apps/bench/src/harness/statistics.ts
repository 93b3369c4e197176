import { type Estimate, estimate } from './estimate.js'

/** The summary of many measurements. */
export interface Summary {
  readonly median: number
  readonly p10: number
  readonly p90: number
  readonly samples: number
  /** The estimate over launches, with its reliability; missing in reports of earlier versions. */
  readonly estimate?: Estimate
}

/** The figure of each round of each launch; `null` if a round was not played. */
export type Figures = readonly (readonly (number | null)[])[]

/** The median, the spread around it, and the estimate; `undefined` if nothing was measured. */
export function summarize(launches: Figures): Summary | undefined {
  const played = launches
    .map(rounds => rounds.filter(each => each !== null))
    .filter(({ length }) => length > 0)
  if (played.length === 0) return undefined
  return { ...spreadOf(played.flat()), estimate: estimate(played) }
}

/** The median and the range from the tenth to the ninetieth percentile of at least one value. */
export function spreadOf(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b)
  return {
    median: between(sorted, 0.5),
    p10: between(sorted, 0.1),
    p90: between(sorted, 0.9),
    samples: sorted.length
  }
}

/** The ratios of two contestants, each taken within one round: a disturbance of a round affects both. */
export function ratios(ours: Figures, theirs: Figures): (number | null)[][] {
  return ours.map((rounds, launch) =>
    rounds.map((figure, round) => {
      const other = theirs[launch]?.[round]
      return figure !== null && typeof other === 'number' && other > 0 ? figure / other : null
    })
  )
}

/** By how much the first exceeds the second, each difference taken within one round. */
export function differences(ours: Figures, theirs: Figures): number[] {
  return ours.flatMap((rounds, launch) =>
    rounds.flatMap((figure, round) => {
      const other = theirs[launch]?.[round]
      return figure !== null && typeof other === 'number' ? [figure - other] : []
    })
  )
}

/** Splits the measurements of several launches. */
export function byLaunch<T>(values: readonly T[], rounds: readonly number[]): T[][] {
  let from = 0
  return rounds.map(length => {
    from += length
    return values.slice(from - length, from)
  })
}

/** The value of a summary as one number. */
export function settledValue({ estimate, median }: Summary): number {
  return estimate?.value ?? median
}

/** The quantile of sorted values, interpolated between two of them. */
function between(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share
  const low = sorted[Math.floor(position)] ?? Number.NaN
  const high = sorted[Math.ceil(position)] ?? Number.NaN
  return low + (high - low) * (position - Math.floor(position))
}
