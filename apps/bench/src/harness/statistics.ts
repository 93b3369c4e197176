/** What many measurements come to. */
export interface Summary {
  readonly median: number
  readonly p10: number
  readonly p90: number
  readonly samples: number
}

/** The median and the spread around it; `undefined` when nothing was measured. */
export function summarize(values: readonly number[]): Summary | undefined {
  if (values.length === 0) return undefined
  const sorted = [...values].sort((a, b) => a - b)
  return {
    median: quantile(sorted, 0.5),
    p10: quantile(sorted, 0.1),
    p90: quantile(sorted, 0.9),
    samples: sorted.length
  }
}

/** The value below which a share of the sorted values lies, between two of them in proportion. */
function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share
  const low = sorted[Math.floor(position)] ?? Number.NaN
  const high = sorted[Math.ceil(position)] ?? Number.NaN
  return low + (high - low) * (position - Math.floor(position))
}

/** The ratios of two contestants, each taken within one round: what disturbs a round disturbs both. */
export function ratios(ours: readonly (number | null)[], theirs: readonly (number | null)[]): number[] {
  return ours.flatMap((figure, round) => {
    const other = theirs[round]
    return typeof figure === 'number' && typeof other === 'number' && other > 0 ? [figure / other] : []
  })
}
