import type { ChartConfiguration } from 'chart.js'
import type { Role } from '../harness/contestant.js'
import { settledValue } from '../harness/statistics.js'
import { cpuIn, isTime, placeText } from './format.js'
import type { RowResult, Standing } from './result.js'

/** One chart of the page: plain data, because the page is generated here and drawn in the browser. */
export interface Chart {
  readonly id: string
  readonly height: number
  readonly config: ChartConfiguration<'bar' | 'line', (number | { x: number; y: number } | null)[], string>
}

const colors: Readonly<Record<Role, string>> = {
  ours: '#2b6cb0',
  peer: '#a0aec0',
  limit: '#2f855a',
  plain: '#b7791f'
}
const CPU_COLOR = '#ed8936'
const met = '#2f855a'
const missed = '#c53030'
/** The colour of a bar that would be different in a second run. */
const uncertain = '#cbd5e0'
const series = ['#2b6cb0', '#c53030', '#2f855a', '#b7791f', '#6b46c1', '#4a5568']

/** From this ratio of the longest to the shortest bar on, the axis is logarithmic. */
const WIDE = 50
const LINE = 22
const FRAME = 90

/** The state of each goal: it is met up to 1. */
export function goalsChart(rows: readonly RowResult[]): Chart {
  const bars = rows.flatMap(row =>
    row.goals.flatMap(({ ofGoal, text, measured }) => {
      if (ofGoal === undefined) return []
      const { state = 'quiet' } = measured?.estimate ?? {}
      const mark = state === 'quiet' ? '' : ` (${state})`
      return [{ label: `${row.id} ${text}${mark}`, value: ofGoal, isQuiet: state === 'quiet' }]
    })
  )
  const data = {
    labels: bars.map(({ label }) => label),
    datasets: [
      {
        data: bars.map(({ value }) => value),
        // Bars start at 1: met goals extend to the left, missed goals to the right.
        base: 1,
        backgroundColor: bars.map(({ value, isQuiet }) => (!isQuiet ? uncertain : value <= 1 ? met : missed))
      }
    ]
  }
  return barChart('goals', 'measured : goal (1 or less is met; grey: not quiet)', data, 'logarithmic')
}

/** The figures of all contestants of a row; if they are times, with the CPU time below each bar. */
export function rowChart(row: RowResult): Chart {
  const shown = row.standings.filter(({ figure }) => figure !== undefined)
  const figures = shown.map(({ figure }) => (figure === undefined ? 0 : settledValue(figure)))
  const cpu = shown.map(each => (each.cpu === undefined ? 0 : cpuIn(row, settledValue(each.cpu))))
  const hasCpu = isTime(row) && shown.some(each => each.cpu !== undefined)
  const data = {
    labels: shown.map(({ name }) => name),
    datasets: [
      { label: 'by the clock', data: figures, backgroundColor: shown.map(({ role }) => colors[role]) },
      ...(hasCpu ? [{ label: 'CPU, all threads', data: cpu, backgroundColor: CPU_COLOR }] : [])
    ]
  }
  const drawn = hasCpu ? [...figures, ...cpu].filter(each => each > 0) : figures
  const isWide = Math.max(...drawn) > WIDE * Math.min(...drawn)
  const axis = isWide ? 'logarithmic' : 'linear'
  return barChart(`row-${row.id}`, `${row.title}${placeText(row, ', ')}, ${row.unit}`, data, axis)
}

/** The growth of the cost: a line for each contestant, with logarithmic axes. */
export function seriesCharts(rows: readonly RowResult[]): Chart[] {
  const names = [...new Set(rows.flatMap(({ scale }) => (scale === undefined ? [] : [scale.series])))]
  return names.map((name, index) => {
    const points = rows.filter(({ scale }) => scale?.series === name)
    const contestants = [...new Set(points.flatMap(({ standings }) => standings.map(each => each.name)))]
    return {
      id: `series-${index}`,
      height: 380,
      config: {
        type: 'line',
        data: {
          datasets: contestants.map((contestant, n) => ({
            label: contestant,
            borderColor: series[n % series.length] ?? '#000',
            backgroundColor: series[n % series.length] ?? '#000',
            data: points.flatMap(({ scale, standings }) => point(scale?.x, standings, contestant))
          }))
        },
        options: {
          maintainAspectRatio: false,
          plugins: { title: { display: true, text: name } },
          scales: { x: { type: 'logarithmic' }, y: { type: 'logarithmic' } }
        }
      }
    }
  })
}

function point(
  x: number | undefined,
  standings: readonly Standing[],
  name: string
): { x: number; y: number }[] {
  const figure = standings.find(each => each.name === name)?.figure
  return figure === undefined || x === undefined ? [] : [{ x, y: figure.median }]
}

function barChart(
  id: string,
  title: string,
  data: Chart['config']['data'],
  axis: 'linear' | 'logarithmic'
): Chart {
  return {
    id,
    height: FRAME + LINE * (data.labels?.length ?? 0) * data.datasets.length,
    config: {
      type: 'bar',
      data,
      options: {
        indexAxis: 'y',
        maintainAspectRatio: false,
        plugins: { title: { display: true, text: title }, legend: { display: data.datasets.length > 1 } },
        scales: { x: { type: axis } }
      }
    }
  }
}
