import { repeatOfBoth } from '../harness/estimate.js'
import { type Summary, settledValue } from '../harness/statistics.js'
import { percentText, ratioText } from './format.js'
import type { GoalResult } from './result.js'
import { settledText } from './settled.js'

/** An earlier value beside the current one, and whether they differ by more than the noise of both. */
export function changeText(now: GoalResult, before: GoalResult | undefined, placement: string): string {
  return summaryChangeText(now.measured, before?.measured, placement)
}

/** The same for anything that was measured in both; `text` formats a value. */
export function summaryChangeText(
  now: Summary | undefined,
  before: Summary | undefined,
  placement: string,
  text: (value: number) => string = ratioText
): string {
  if (now === undefined || before === undefined) return ''
  const [today, earlier] = [now.estimate, before.estimate]
  if (today?.clusters !== undefined || earlier?.clusters !== undefined) {
    return ` · before ${settledText(before, placement, text)}: unsettled values can't be compared`
  }
  const was = settledValue(before)
  const part = settledValue(now) / was - 1
  const difference = ` · before ${text(was)} (${part < 0 ? '−' : '+'}${percentText(Math.abs(part))}`
  const noise = today && earlier && repeatOfBoth(today, earlier)
  if (noise === undefined) return `${difference}; how much is noise is not known)`
  const isWithin = Math.abs(part) <= noise
  return `${difference}, ${isWithin ? 'within' : 'beyond'} the noise of ± ${percentText(noise)})`
}
