import type { Summary } from '../harness/statistics.js'
import { pythonRows } from '../rows/python.js'
import { figureText } from './format.js'
import type { RowResult } from './result.js'

/** The rows that set figures of ours beside those of the Python bridges, which are not measured here. */
export function pythonResults(rows: readonly RowResult[], isMeasured: boolean): RowResult[] {
  return pythonRows.flatMap(({ id, title, from, unit, best, worst, times }): RowResult[] => {
    const row = rows.find(each => each.id === from)
    const figure = row?.standings.find(({ role }) => role === 'ours')?.figure
    if (row === undefined || figure === undefined) return []
    const better: Summary = {
      median: best / figure.median,
      p10: best / figure.p90,
      p90: best / figure.p10,
      samples: figure.samples
    }
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
            reference: `${figureText(best)}–${figureText(worst)}, not measured here; ours is the row ${from}`
          }
        ],
        goals: [
          {
            text: `≥ ${times} × better than its best`,
            measured: better,
            ofGoal: times / better.median,
            verdict: !isMeasured ? 'not measured' : better.median >= times ? 'met' : 'missed'
          }
        ]
      }
    ]
  })
}
