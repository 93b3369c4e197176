import type { Summary } from '../harness/statistics.js'
import { pythonRows } from '../rows/python.js'
import type { RowResult } from './result.js'

/** The rows that set figures of ours beside those of the Python bridges, which are not measured here. */
export function pythonResults(rows: readonly RowResult[]): RowResult[] {
  return pythonRows.flatMap(({ id, title, from, unit, best, worst, times }): RowResult[] => {
    const row = rows.find(each => each.id === from)
    const figure = row?.standings.find(({ role }) => role === 'ours')?.figure
    if (row === undefined || figure === undefined) return []
    const reference: Summary = { median: (best + worst) / 2, p10: best, p90: worst, samples: 0 }
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
            name: `Python, not measured here (${from} of this run is compared)`,
            role: 'peer',
            figure: reference
          }
        ],
        goals: [
          {
            text: `≥ ${times} × better than its best`,
            measured: better,
            ofGoal: times / better.median,
            verdict: better.median >= times ? 'met' : 'missed'
          }
        ]
      }
    ]
  })
}
