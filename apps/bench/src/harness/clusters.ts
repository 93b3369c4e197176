import { ckmeans, mean, median, standardDeviation } from 'simple-statistics'
import { logOf } from './log-of.js'

/** One of the clusters of a row's rounds. */
export interface Cluster {
  readonly value: number
  /** The share of the rounds in this cluster. */
  readonly share: number
}

/** With fewer rounds than this there are no clusters. */
const ENOUGH = 12
/** A smaller share of the rounds was disturbed, and is not a placement. */
const SMALLEST_SHARE = 0.15
const FEWEST = 4
/** Clusters closer than this are one wide cluster. */
const FARTHER_THAN = Math.log(1.5)
/**
 * Their distance in standard deviations within them (Ashman's D). Cut in two, a normal distribution has 2.7, a uniform one
 * 3.5; 4 needs a gap.
 */
const DISTINCT = 4

/** The clusters of the values that are far apart, by ratio; `undefined` if there is only one. */
export function clustersOf(values: readonly number[]): Cluster[] | undefined {
  if (values.length < ENOUGH) return undefined
  const logs = values.map(logOf)
  // The threads of bridge and of a peer may each have one of two placements, which makes three ratios.
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
