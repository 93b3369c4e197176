import { figureText, percentText, rangeText, ratioText, standingText } from './format.js'
import type { GoalResult, Report, RowResult } from './result.js'

const QUIET = 0.1

/** The whole report for a terminal. */
export function terminalTable(report: Report, before: Report | undefined): string {
  const rows = report.rows.filter(({ scale }) => scale === undefined)
  const verdicts = rows.flatMap(({ goals }) => goals)
  const lines = rows.flatMap(row =>
    rowLines(
      row,
      before?.rows.find(({ id }) => id === row.id)
    )
  )
  return [
    `${report.date} · ${report.mode} · ${Math.round(report.seconds)} s · Node ${report.node}`,
    report.machine,
    Object.entries(report.packages)
      .map(([name, version]) => `${name} ${version}`)
      .join(' · '),
    '',
    ...lines,
    ...scaleLines(report),
    noiseLine(report),
    `goals met: ${count(verdicts, 'met')}, missed: ${count(verdicts, 'missed')}, not measured: ${count(verdicts, 'not measured')}`
  ].join('\n')
}

/** Tells how far the figures can be trusted. */
export function noiseLine({ noise }: Report): string {
  const verdict = noise <= QUIET ? 'the machine was quiet' : 'the machine was busy: trust ratios, not figures'
  return `noise: a fixed piece of arithmetic varied by ${percentText(noise)} through the run; ${verdict}`
}

export function count(goals: readonly GoalResult[], verdict: GoalResult['verdict']): number {
  return goals.filter(goal => goal.verdict === verdict).length
}

/** A goal as it was asked for, and what came of it. */
export function goalText({ text, measured, verdict }: GoalResult): string {
  return measured === undefined
    ? `${text}: ${verdict}`
    : `${text}: ${rangeText(measured, ratioText)} ${verdict}`
}

function rowLines(row: RowResult, before: RowResult | undefined): string[] {
  const head = `${row.id}  ${row.title} · ${row.unit}${row.placement === 'one core' ? ' · one core' : ''}`
  if (row.absent !== undefined) return [head, `    not measured: ${row.absent}`, '']
  return [
    head,
    ...(row.note === undefined ? [] : [`    ${row.note}`]),
    ...row.standings.map(standing => {
      const mark = standing.role === 'ours' ? '▶' : standing.role === 'peer' ? ' ' : '·'
      const ratio = standing.ratio === undefined ? '' : `   ours : it ${ratioText(standing.ratio.median)}`
      return `  ${mark} ${standingText(standing)}${ratio}`
    }),
    ...row.goals.map((goal, index) => {
      const mark = goal.verdict === 'met' ? '✓' : goal.verdict === 'missed' ? '✗' : '?'
      return `  ${mark} ${goalText(goal)}${change(goal, before?.goals[index])}`
    }),
    ...(row.noise !== undefined && row.noise > QUIET
      ? [`    noise in this row: ${percentText(row.noise)}`]
      : []),
    ''
  ]
}

function change(now: GoalResult, before: GoalResult | undefined): string {
  if (now.measured === undefined || before?.measured === undefined) return ''
  const part = now.measured.median / before.measured.median - 1
  return ` · before ${ratioText(before.measured.median)} (${part > 0 ? '+' : '−'}${percentText(Math.abs(part))})`
}

/** The drawn series, as numbers: a line for each point. */
function scaleLines({ rows }: Report): string[] {
  const lines: string[] = []
  let last = ''
  for (const { scale, standings } of rows) {
    if (scale === undefined) continue
    if (scale.series !== last) lines.push(scale.series)
    last = scale.series
    const figures = standings.map(({ name, figure, invalid, failed }) =>
      figure === undefined ? `${name} ${invalid ?? failed ?? '–'}` : `${name} ${figureText(figure.median)}`
    )
    lines.push(`  ${scale.x.toLocaleString('en-US').padStart(11)}  ${figures.join(' · ')}`)
  }
  return lines.length > 0 ? [...lines, ''] : lines
}
