import { repeatOfBoth } from '../harness/estimate.js'
import { settledValue } from '../harness/statistics.js'
import { percentText, ratioText } from './format.js'
import type { GoalResult } from './result.js'
import { settledText } from './settled.js'

/** An earlier value beside today's, and whether the two differ by more than either would from itself. */
export function changeText(now: GoalResult, before: GoalResult | undefined, placement: string): string {
  if (now.measured === undefined || before?.measured === undefined) return ''
  const [today, earlier] = [now.measured.estimate, before.measured.estimate]
  if (today?.clusters !== undefined || earlier?.clusters !== undefined) {
    return ` · before ${settledText(before.measured, placement)}: unsettled values can't be compared`
  }
  const was = settledValue(before.measured)
  const part = settledValue(now.measured) / was - 1
  const difference = ` · before ${ratioText(was)} (${part < 0 ? '−' : '+'}${percentText(Math.abs(part))}`
  const noise = today && earlier && repeatOfBoth(today, earlier)
  if (noise === undefined) return `${difference}; how much is noise is not known)`
  const isWithin = Math.abs(part) <= noise
  return `${difference}, ${isWithin ? 'within' : 'beyond'} the noise of ± ${percentText(noise)})`
}
