import { AGREEMENT } from '../harness/estimate.js'
import { type Summary, settledValue } from '../harness/statistics.js'
import { percentText, ratioText } from './format.js'
import type { GoalResult } from './result.js'

const COUNTS = ['no', 'one', 'two', 'three']

/** A value formatted by `text`, and its repeatability: quiet, noisy, or no single value. */
export function settledText(
  summary: Summary,
  placement: string,
  text: (value: number) => string = ratioText
): string {
  const { estimate } = summary
  const value = text(settledValue(summary))
  if (estimate === undefined) return value
  const { clusters, repeat, state } = estimate
  if (clusters !== undefined) {
    const values = clusters.map(each => `${text(each.value)} (${Math.round(each.share * 100)} % of rounds)`)
    // With fixed cores, the states are not placements of the kernel.
    const heaps = placement === 'unpinned' ? 'placements' : 'states'
    return `unsettled: ${COUNTS[clusters.length]} ${heaps}, ${values.join(' and ')}`
  }
  if (repeat === undefined) return `${value}, noisy: one launch`
  const range = `${value} ± ${percentText(repeat)}`
  return state === 'quiet' ? range : `${range}, noisy`
}

/** How many of the goals' values a second run is expected to repeat. */
export function quietLine(goals: readonly GoalResult[]): string {
  const states = goals.flatMap(({ measured }) => measured?.estimate?.state ?? [])
  if (states.length === 0) return 'how far a second run would differ is not known'
  const count = (state: string): number => states.filter(each => each === state).length
  return (
    `of ${states.length} measured goals ${count('quiet')} are quiet (a second run on this machine agrees within ` +
    `${percentText(AGREEMENT)}), noisy: ${count('noisy')}, unsettled: ${count('unsettled')}`
  )
}
