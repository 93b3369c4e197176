import type { Launch } from '../harness/rounds.js'
import { ratios, type Summary, summarize } from '../harness/statistics.js'
import type { Goal, Row } from '../rows/row.js'
import { ratioText } from './format.js'
import type { GoalResult, RowResult, Standing } from './result.js'

/** What a row's measurements come to, and whether its goals are met. */
export function judge(row: Row, { contestants, spins }: Launch): RowResult {
  const cast = row.contestants()
  const ours = row.ours ?? cast.find(({ role }) => role === 'ours')?.name
  const figures = new Map(contestants.map(played => [played.name, isOut(played) ? [] : played.figures]))
  const standings = contestants.map((played, index): Standing => {
    const figure = summarize((figures.get(played.name) ?? []).filter(each => each !== null))
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
  const summary = summarize(values)
  return summary === undefined ? 0 : (summary.p90 - summary.p10) / summary.median
}

function isOut(played: { invalid?: string; failed?: string }): boolean {
  return played.invalid !== undefined || played.failed !== undefined
}

function judgeGoal(goal: Goal, standings: readonly Standing[], ours: string | undefined): GoalResult {
  if (goal.kind === 'figure') {
    const measured = standings.find(({ name }) => name === ours)?.figure
    return result(goalInWords(goal), measured, measured && goal.atLeast / measured.median)
  }
  const opponents = standings.filter(({ name }) => goal.of.includes(name))
  // The fastest of them in this very run: a peer is measured at its best setting.
  const best = opponents
    .filter(({ figure }) => figure !== undefined)
    .sort((a, b) => (a.figure?.median ?? 0) - (b.figure?.median ?? 0))[0]
  const text = goalInWords(goal, best?.name)
  const measured = best?.ratio
  return result(text, measured, measured && measured.median / goal.atMost)
}

/** What is asked; of whom, where several may be the fastest, only the run can tell. */
export function goalInWords(goal: Goal, fastest?: string): string {
  if (goal.kind === 'figure') return `≥ ${goal.atLeast}`
  return `≤ ${ratioText(goal.atMost)} of ${fastest ?? goal.of.join(' or ')}`
}

function result(text: string, measured: Summary | undefined, ofGoal: number | undefined): GoalResult {
  if (measured === undefined || ofGoal === undefined) return { text, verdict: 'not measured' }
  return { text, measured, ofGoal, verdict: ofGoal <= 1 ? 'met' : 'missed' }
}
