import { readFileSync, writeFileSync } from 'node:fs'
import { cpuIn, figureText, isTime, percentText, placeText, rangeText, standingText } from './format.js'
import type { Report, RowResult } from './result.js'
import { quietLine } from './settled.js'
import { goalText, noiseLine, verdictsLine } from './terminal.js'

const START = '<!-- bench:start -->'
const END = '<!-- bench:end -->'

/** Writes the tables between the two markers of a Markdown file, and keeps the rest. */
export function writeMarkdown(file: string, report: Report): void {
  const { text, start, end } = findMarkers(file)
  writeFileSync(file, `${text.slice(0, start + START.length)}\n${markdown(report)}\n${text.slice(end)}`)
}

/**
 * The positions of the markers.
 *
 * @throws when they are missing; called before a long run.
 */
export function findMarkers(file: string): { text: string; start: number; end: number } {
  const text = readFileSync(file, 'utf8')
  const start = text.indexOf(START)
  const end = text.indexOf(END)
  if (start < 0 || end < start) throw new Error(`${file} has no ${START} … ${END}`)
  return { text, start, end }
}

function markdown(report: Report): string {
  const rows = report.rows.filter(({ scale }) => scale === undefined)
  const goals = rows.flatMap(row => row.goals)
  return [
    `${report.date}, ${report.mode} run of ${Math.round(report.seconds)} s, Node ${report.node}, ${report.machine}.`,
    `${noiseLine(report)}.`,
    `${quietLine(goals)}.`,
    `${verdictsLine(goals)}.`,
    `Versions: ${Object.entries(report.packages)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}.`,
    '',
    '| row | ours | goal: measured | the others | CPU a call | noise |',
    '|---|---|---|---|---|---|',
    ...rows.map(rowLine),
    '',
    ...scaleTables(report)
  ].join('\n')
}

function rowLine(row: RowResult): string {
  const place = placeText(row, ', ').replace(/, (.*)/, ', **$1**')
  if (row.absent !== undefined)
    return `| ${row.title}${place} | – | ${goalsOf(row)} | ${row.absent} | – | – |`
  const noise = row.noise === undefined ? '–' : percentText(row.noise)
  const ours = row.standings.filter(({ role }) => role === 'ours')
  const others = row.standings.filter(({ role }) => role !== 'ours')
  const own = ours.map(({ name, figure }) =>
    figure === undefined
      ? name
      : `${ours.length > 1 ? `${name} ` : ''}${rangeText(figure, figureText)} ${row.unit}`
  )
  return `| ${row.title}${place} | ${own.join('<br>')} | ${goalsOf(row)} | ${others.map(standingText).join('<br>')} | ${cpuOf(row)} | ${noise} |`
}

/** The CPU time of each contestant. */
function cpuOf(row: RowResult): string {
  const unit = isTime(row) ? row.unit : 'µs'
  const cells = row.standings.flatMap(({ name, cpu }) =>
    cpu === undefined ? [] : [`${name} ${figureText(cpuIn(row, cpu.median))}`]
  )
  return cells.length === 0 ? '–' : `${cells.join('<br>')} ${unit}`
}

function goalsOf(row: RowResult): string {
  return row.goals
    .map(goal =>
      goalText(goal, row).replace(
        /(met|missed|unsettled|not measured)$/,
        goal.verdict === 'met' ? '✅ $1' : '**$1**'
      )
    )
    .join('<br>')
}

/** A small table for each drawn series. */
function scaleTables({ rows }: Report): string[] {
  const points = rows.filter(({ scale }) => scale !== undefined)
  return [...new Set(points.map(({ scale }) => scale?.series))].flatMap(series => {
    const own = points.filter(({ scale }) => scale?.series === series)
    const names = own[0]?.standings.map(({ name }) => name) ?? []
    return [
      `| ${series} | ${names.join(' | ')} |`,
      `|${'---|'.repeat(names.length + 1)}`,
      ...own.map(({ scale, standings }) => {
        const cells = standings.map(({ figure }) => (figure === undefined ? '–' : figureText(figure.median)))
        return `| ${scale?.x.toLocaleString('en-US')} | ${cells.join(' | ')} |`
      }),
      ''
    ]
  })
}
