import { AGREEMENT } from '../harness/estimate.js'
import { type Summary, settledValue } from '../harness/statistics.js'
import { pythonRows } from '../rows/python.js'
import { figureText, placeText } from './format.js'
import { result } from './judge.js'
import type { RowResult } from './result.js'

/** The rows that compare bridge with the Python bridges, which are not measured here. */
export function pythonResults(rows: readonly RowResult[], isMeasured: boolean): RowResult[] {
  return pythonRows.flatMap(({ id, title, from, unit, best, worst, times }): RowResult[] => {
    const row = rows.find(each => each.id === from)
    const figure = row?.standings.find(({ role }) => role === 'ours')?.figure
    if (row === undefined || figure === undefined) return []
    const text = `≥ ${times} × better than its best`
    return [
      {
        id,
        title,
        unit,
        placement: row.placement,
        standings: [
          { name: 'bridge', role: 'ours', figure },
          {
            name: 'Python',
            role: 'peer',
            reference: `${figureText(best)}–${figureText(worst)}, not measured here; ours is the row ${from}${placeText(row, ', ')}`
          }
        ],
        goals: [
          isMeasured
            ? result(text, betterThan(best, figure, (row.noise ?? 0) <= AGREEMENT), value => times / value)
            : { text, verdict: 'not measured' }
        ]
      }
    ]
  })
}

/**
 * How many times better than `theirs` bridge's figure is. It is not a ratio of one round: a machine that is slow for a whole run
 * slows only bridge's figure, so only the figure of a quiet machine can be repeated.
 */
function betterThan(theirs: number, figure: Summary, isMachineQuiet: boolean): Summary {
  const { estimate } = figure
  return {
    median: theirs / figure.median,
    p10: theirs / figure.p90,
    p90: theirs / figure.p10,
    samples: figure.samples,
    ...(estimate && {
      estimate: {
        ...estimate,
        ...(estimate.state === 'quiet' && !isMachineQuiet && { state: 'noisy' }),
        value: theirs / settledValue(figure),
        launches: estimate.launches.map(each => theirs / each),
        ...(estimate.clusters && {
          clusters: estimate.clusters.map(({ value, share }) => ({ value: theirs / value, share })).reverse()
        })
      }
    })
  }
}
