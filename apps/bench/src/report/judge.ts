import type { Launch, Played } from '../harness/rounds.js'
import {
  byLaunch,
  differences,
  type Figures,
  ratios,
  type Summary,
  settledValue,
  spreadOf,
  summarize
} from '../harness/statistics.js'
import type { Goal, Row } from '../rows/row.js'
import { ratioText } from './format.js'
import type { GoalResult, RowResult, Standing } from './result.js'

type RatioGoal = Extract<Goal, { kind: 'ratio' }>

/** The measurements of each contestant, by name: launches of rounds. */
type Measured = ReadonlyMap<string, Figures>

/** The results of a row's measurements, and whether its goals are met. */
export function judge(row: Row, { contestants, spins, rounds }: Launch): RowResult {
  const cast = row.contestants()
  const ours = row.ours ?? cast.find(({ role }) => role === 'ours')?.name ?? ''
  const measured = (of: (played: Played) => readonly (number | null)[]): Measured =>
    new Map(contestants.map(each => [each.name, isOut(each) ? [] : byLaunch(of(each), rounds)]))
  const figures = measured(played => played.figures)
  const cpu = measured(played => played.cpu)
  const standings = contestants.map((played, index): Standing => {
    const ratioOf = (all: Measured): Summary | undefined =>
      played.name === ours ? undefined : summarize(ratios(all.get(ours) ?? [], all.get(played.name) ?? []))
    const summaries = {
      figure: summarize(figures.get(played.name) ?? []),
      ratio: ratioOf(figures),
      cpu: summarize(cpu.get(played.name) ?? []),
      cpuRatio: ratioOf(cpu)
    }
    return {
      name: played.name,
      role: cast[index]?.role ?? 'peer',
      ...Object.fromEntries(Object.entries(summaries).filter(([, summary]) => summary !== undefined)),
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
    goals: row.goals.map(goal => judgeGoal(goal, standings, ours, cpu)),
    noise: spread(spins),
    ...(row.note !== undefined && { note: row.note }),
    ...(row.scale && { scale: { series: row.scale.series, x: row.scale.x } })
  }
}

/** The range of the middle eight tenths, relative to the median. */
export function spread(values: readonly number[]): number {
  if (values.length === 0) return 0
  const { median, p10, p90 } = spreadOf(values)
  return (p90 - p10) / median
}

function isOut(played: { invalid?: string; failed?: string }): boolean {
  return played.invalid !== undefined || played.failed !== undefined
}

function judgeGoal(goal: Goal, standings: readonly Standing[], ours: string, cpu: Measured): GoalResult {
  if (goal.kind === 'ratio') return judgeRatio(goal, standings)
  if (goal.kind === 'added cpu') {
    const added = differences(cpu.get(ours) ?? [], cpu.get(goal.to) ?? [])
    // A value that may be zero or negative has no logarithm, so the difference of a second run is unknown.
    return result(
      goalInWords(goal),
      added.length > 0 ? spreadOf(added) : undefined,
      value => value / goal.atMost
    )
  }
  const measured = standings.find(({ name }) => name === ours)?.figure
  return goal.kind === 'figure'
    ? result(goalInWords(goal), measured, value => goal.atLeast / value)
    : result(goalInWords(goal), measured, value => value / goal.atMost)
}

function judgeRatio(goal: RatioGoal, standings: readonly Standing[]): GoalResult {
  // The fastest of them in this run: a peer is measured at its best setting.
  const best = standings
    .filter(({ name }) => goal.of.includes(name))
    .flatMap(({ name, figure, ratio, cpu, cpuRatio }) => {
      const [cost, ofIt] = goal.measure === 'cpu' ? [cpu, cpuRatio] : [figure, ratio]
      return cost === undefined ? [] : [{ name, ofIt, cost: settledValue(cost) }]
    })
    .sort((a, b) => a.cost - b.cost)[0]
  const judged = result(goalInWords(goal, best?.name), best?.ofIt, value => value / goal.atMost)
  return goal.measure === 'cpu' ? { ...judged, inCpu: true } : judged
}

/** The goal as text; if it names several contestants, only the run shows which is the fastest. */
export function goalInWords(goal: Goal, fastest?: string): string {
  switch (goal.kind) {
    case 'figure':
      return `≥ ${goal.atLeast}`
    case 'ceiling':
      return `≤ ${goal.atMost} ${goal.unit}`
    case 'added cpu':
      return `≤ ${goal.atMost} µs of CPU more than ${goal.to}`
    case 'ratio': {
      const name = fastest ?? goal.of.join(' or ')
      return `≤ ${ratioText(goal.atMost)} of ${name}${goal.measure === 'cpu' ? ' in CPU' : ''}`
    }
  }
}

/** A goal's verdict; `toGoal` is the ratio of a value to the goal, at most 1 if it is met. */
export function result(
  text: string,
  measured: Summary | undefined,
  toGoal: (value: number) => number
): GoalResult {
  if (measured === undefined) return { text, verdict: 'not measured' }
  const ofGoal = toGoal(settledValue(measured))
  const { clusters = [] } = measured.estimate ?? {}
  const met = clusters.filter(({ value }) => toGoal(value) <= 1).length
  // A goal that is met in one placement and missed in another is neither.
  const verdict = met > 0 && met < clusters.length ? 'unsettled' : ofGoal <= 1 ? 'met' : 'missed'
  return { text, measured, ofGoal, verdict }
}
