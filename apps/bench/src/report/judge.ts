import type { Launch } from '../harness/rounds.js'
import { byLaunch, ratios, type Summary, settledValue, spreadOf, summarize } from '../harness/statistics.js'
import type { Goal, Row } from '../rows/row.js'
import { ratioText } from './format.js'
import type { GoalResult, RowResult, Standing } from './result.js'

/** What a row's measurements come to, and whether its goals are met. */
export function judge(row: Row, { contestants, spins, rounds }: Launch): RowResult {
  const cast = row.contestants()
  const ours = row.ours ?? cast.find(({ role }) => role === 'ours')?.name
  const figures = new Map(
    contestants.map(played => [played.name, isOut(played) ? [] : byLaunch(played.figures, rounds)])
  )
  const standings = contestants.map((played, index): Standing => {
    const figure = summarize(figures.get(played.name) ?? [])
    const ratio =
      played.name === ours
        ? undefined
        : summarize(ratios(figures.get(ours ?? '') ?? [], figures.get(played.name) ?? []))
    return {
      name: played.name,
      role: cast[index]?.role ?? 'peer',
      ...(figure && { figure }),
      ...(ratio && { ratio }),
      ...(played.invalid !== undefined && { invalid: played.invalid }),
      ...(played.failed !== undefined && { failed: played.failed })
    }
  })
  return {
    id: row.id,
    title: row.title,
    unit: row.unit,
    placement: row.placement,
    standings,
    goals: row.goals.map(goal => judgeGoal(goal, standings, ours)),
    noise: spread(spins),
    ...(row.note !== undefined && { note: row.note }),
    ...(row.scale && { scale: { series: row.scale.series, x: row.scale.x } })
  }
}

/** How far the middle eight tenths lie apart, as a part of the median. */
export function spread(values: readonly number[]): number {
  if (values.length === 0) return 0
  const { median, p10, p90 } = spreadOf(values)
  return (p90 - p10) / median
}

function isOut(played: { invalid?: string; failed?: string }): boolean {
  return played.invalid !== undefined || played.failed !== undefined
}

function judgeGoal(goal: Goal, standings: readonly Standing[], ours: string | undefined): GoalResult {
  if (goal.kind === 'figure') {
    const measured = standings.find(({ name }) => name === ours)?.figure
    return result(goalInWords(goal), measured, value => goal.atLeast / value)
  }
  const opponents = standings.filter(({ name }) => goal.of.includes(name))
  // The fastest of them in this very run: a peer is measured at its best setting.
  const best = opponents
    .flatMap(({ name, figure, ratio }) =>
      figure === undefined ? [] : [{ name, ratio, cost: settledValue(figure) }]
    )
    .sort((a, b) => a.cost - b.cost)[0]
  return result(goalInWords(goal, best?.name), best?.ratio, value => value / goal.atMost)
}

/** What is asked; of whom, where several may be the fastest, only the run can tell. */
export function goalInWords(goal: Goal, fastest?: string): string {
  if (goal.kind === 'figure') return `≥ ${goal.atLeast}`
  return `≤ ${ratioText(goal.atMost)} of ${fastest ?? goal.of.join(' or ')}`
}

/** A goal's verdict; `toGoal` tells how a value stands to it, at most 1 when it is met. */
export function result(
  text: string,
  measured: Summary | undefined,
  toGoal: (value: number) => number
): GoalResult {
  if (measured === undefined) return { text, verdict: 'not measured' }
  const ofGoal = toGoal(settledValue(measured))
  const { clusters = [] } = measured.estimate ?? {}
  const met = clusters.filter(({ value }) => toGoal(value) <= 1).length
  // Met in one placement and missed in the other is neither.
  const verdict = met > 0 && met < clusters.length ? 'unsettled' : ofGoal <= 1 ? 'met' : 'missed'
  return { text, measured, ofGoal, verdict }
}
