/** Statistics of a list of numbers. */
export interface Summary {
  readonly mean: number
  /** The 90 percent confidence interval of the mean. */
  readonly range: readonly [low: number, high: number]
  readonly median: number
  readonly p90: number
}

const RESAMPLES = 1000

/** Summarizes a sorted list. The range is found by resampling a thousand times, which is CPU-heavy work. */
export function summarize(sorted: readonly number[]): Summary {
  const means = Array.from({ length: RESAMPLES }, (_, seed) => resampledMean(sorted, seed + 1)).sort(
    (a, b) => a - b
  )
  return {
    mean: round(sorted.reduce((sum, value) => sum + value, 0) / sorted.length),
    range: [round(quantile(means, 0.05)), round(quantile(means, 0.95))],
    median: median(sorted),
    p90: quantile(sorted, 0.9)
  }
}

/** The mean of as many values drawn at random, the same values for the same seed. */
function resampledMean(values: readonly number[], seed: number): number {
  let state = seed
  let sum = 0
  for (let drawn = 0; drawn < values.length; drawn++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    sum += values[Math.floor((state / 2 ** 32) * values.length)] as number
  }
  return sum / values.length
}

function median(sorted: readonly number[]): number {
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] as number
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2
}

function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.floor(part * (sorted.length - 1))] as number
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
