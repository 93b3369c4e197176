import { ckmeans, mean, median, standardDeviation } from 'simple-statistics'
import { logOf } from './log-of.js'

/** One of the heaps that a row's rounds fall in. */
export interface Cluster {
  readonly value: number
  /** Which part of the rounds lies here. */
  readonly share: number
}

/** Fewer rounds than this lie anywhere. */
const ENOUGH = 12
/** A smaller part of the rounds, or so few, were disturbed, not placed. */
const SMALLEST_SHARE = 0.15
const FEWEST = 4
/** Heaps closer than this are one that is spread. */
const FARTHER_THAN = Math.log(1.5)
/**
 * Their distance in standard deviations of what is within them (Ashman's D). Cut in two, a bell gives 2.7, an even
 * spread 3.5; 4 needs a gap.
 */
const DISTINCT = 4

/** The heaps far apart, by ratio, that the values fall in; `undefined` where there is but one. */
export function clustersOf(values: readonly number[]): Cluster[] | undefined {
  if (values.length < ENOUGH) return undefined
  const logs = values.map(logOf)
  // Ours and theirs may each be placed in one of two ways: three ratios.
  for (const many of [3, 2]) {
    if (new Set(logs).size < many) continue
    const heaps = ckmeans(logs, many)
    if (!areApart(heaps, logs.length)) continue
    return heaps.map(heap => ({ value: Math.exp(median(heap)), share: heap.length / logs.length }))
  }
  return undefined
}

function areApart(heaps: readonly number[][], all: number): boolean {
  if (heaps.some(({ length }) => length < Math.max(FEWEST, all * SMALLEST_SHARE))) return false
  return heaps.slice(1).every((upper, index) => {
    const lower = heaps[index] as number[]
    const distance = mean(upper) - mean(lower)
    const within = Math.sqrt((standardDeviation(lower) ** 2 + standardDeviation(upper) ** 2) / 2)
    return distance >= FARTHER_THAN && distance >= DISTINCT * within
  })
}
