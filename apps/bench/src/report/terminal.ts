import { changeText, summaryChangeText } from './change.js'
import { cpuIn, cpuText, figureText, percentText, placeText, ratioText, standingText } from './format.js'
import type { GoalResult, Report, RowResult, Standing } from './result.js'
import { quietLine, settledText } from './settled.js'

const QUIET = 0.1
const MARKS = { met: '✓', missed: '✗', unsettled: '±', 'not measured': '?' }

/** The whole report for a terminal. */
export function terminalTable(report: Report, before: Report | undefined): string {
  const rows = report.rows.filter(({ scale }) => scale === undefined)
  const verdicts = rows.flatMap(({ goals }) => goals)
  const lines = rows.flatMap(row =>
    rowLines(
      row,
      // Figures of other cores cannot be compared.
      before?.rows.find(({ id, placement }) => id === row.id && placement === row.placement)
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
    quietLine(verdicts),
    verdictsLine(verdicts),
    ...missedLines(rows)
  ].join('\n')
}

/** The reliability of the figures. */
export function noiseLine({ noise }: Report): string {
  const verdict = noise <= QUIET ? 'the machine was quiet' : 'the machine was busy: trust ratios, not figures'
  return `noise: a fixed piece of arithmetic varied by ${percentText(noise)} through the run; ${verdict}`
}

/** How many goals have which verdict. */
export function verdictsLine(goals: readonly GoalResult[]): string {
  const verdicts = ['met', 'missed', 'unsettled', 'not measured'] as const
  const counts = verdicts.map(each => `${each}: ${goals.filter(({ verdict }) => verdict === each).length}`)
  return `goals ${counts.join(', ')}`
}

/** The missed goals, the farthest first. */
function missedLines(rows: readonly RowResult[]): string[] {
  const missed = rows.flatMap(({ id, goals }) =>
    goals.flatMap(({ text, ofGoal, verdict }) =>
      verdict === 'missed' && ofGoal !== undefined ? [{ id, text, ofGoal }] : []
    )
  )
  const width = Math.max(0, ...missed.map(({ id }) => id.length))
  return missed
    .sort((a, b) => b.ofGoal - a.ofGoal)
    .map(
      ({ id, text, ofGoal }) =>
        `  ${`${ratioText(ofGoal)} ×`.padStart(8)} the goal  ${id.padEnd(width)}  ${text}`
    )
}

/** A goal and its result. */
export function goalText({ text, measured, verdict }: GoalResult, { placement }: RowResult): string {
  return measured === undefined
    ? `${text}: ${verdict}`
    : `${text}: ${settledText(measured, placement)} · ${verdict}`
}

function rowLines(row: RowResult, before: RowResult | undefined): string[] {
  const head = `${row.id}  ${row.title} · ${row.unit}${placeText(row, ' · ')}`
  if (row.absent !== undefined) return [head, `    not measured: ${row.absent}`, '']
  return [
    head,
    ...(row.note === undefined ? [] : [`    ${row.note}`]),
    ...row.standings.map(standing => {
      const mark = standing.role === 'ours' ? '▶' : standing.role === 'peer' ? ' ' : '·'
      const earlier = before?.standings.find(({ name }) => name === standing.name)
      const ratio =
        standing.ratio === undefined ? '' : `   ours : it ${settledText(standing.ratio, row.placement)}`
      return `  ${mark} ${standingText(standing)}${ratio}${cpuOf(standing, earlier, row)}`
    }),
    ...row.goals.map((goal, index) => {
      const mark = MARKS[goal.verdict]
      const earlier = before?.goals[index]
      // The goal may have been a different one then: a ratio of times cannot be compared with one of CPU time.
      const comparable = earlier?.inCpu === goal.inCpu ? earlier : undefined
      return `  ${mark} ${goalText(goal, row)}${changeText(goal, comparable, row.placement)}`
    }),
    ...(row.noise !== undefined && row.noise > QUIET
      ? [
          `    the machine was busy during this row: its fixed piece of arithmetic varied by ${percentText(row.noise)}`
        ]
      : []),
    ''
  ]
}

/** The CPU time beside the figure, for peers with the ratio, and compared with an earlier report. */
function cpuOf(standing: Standing, before: Standing | undefined, row: RowResult): string {
  const { cpu, cpuRatio } = standing
  const text = cpuText(standing, row)
  if (cpu === undefined || text === undefined) return ''
  const change =
    cpuRatio === undefined
      ? summaryChangeText(cpu, before?.cpu, row.placement, each => figureText(cpuIn(row, each)))
      : summaryChangeText(cpuRatio, before?.cpuRatio, row.placement)
  const ratio = cpuRatio === undefined ? '' : `   ours : it ${settledText(cpuRatio, row.placement)}`
  return ` · CPU ${text}${ratio}${change}`
}

/** The drawn series as numbers, one line for each point. */
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
