import { canKeepApart, canPin } from '../harness/apart.js'
import { goalInWords, judge, spread } from '../report/judge.js'
import { machine, packageVersions } from '../report/machine.js'
import { pythonResults } from '../report/python.js'
import type { Report, RowResult } from '../report/result.js'
import { allRows } from '../rows/all-rows.js'
import { pythonRows } from '../rows/python.js'
import type { AbsentRow, Placement, Row } from '../rows/row.js'
import { measureRow } from './measure-row.js'
import { isIn, type Mode } from './mode.js'

/** The rows of a run: those with the given prefixes of ids, or all. */
export function chooseRows(only: readonly string[], mode: Mode): (Row | AbsentRow)[] {
  const isAsked = (id: string): boolean => only.length === 0 || only.some(start => id.startsWith(start))
  // A row that compares with Python takes its figure from another row.
  const sources = pythonRows.filter(({ id }) => isAsked(id)).map(({ from }) => from)
  const asked = allRows.filter(({ id }) => isAsked(id) || sources.includes(id))
  return asked.filter(row => 'absent' in row || isIn(mode, row))
}

/** Measures the rows one after the other, and reports the progress before each. */
export async function runAll(
  rows: readonly (Row | AbsentRow)[],
  mode: Mode,
  tell: (done: number, id: string) => void
): Promise<Report> {
  const started = performance.now()
  const missing: Missing = {
    unpinned: undefined,
    'one core': canPin() ? undefined : 'this machine has no taskset to keep a process on one core',
    'two cores': canKeepApart()
      ? undefined
      : 'this machine has no taskset, or no second core to keep threads on'
  }
  const results: RowResult[] = []
  const spins: number[] = []
  // Nothing is timed in a smoke run, so rows can run in parallel.
  const workers = mode.name === 'smoke' ? 2 : 1
  const queue = [...rows.entries()]
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, row] = next
      tell(index, row.id)
      results[index] = await resultOf(row, mode, missing, spins)
    }
  }
  await Promise.all(Array.from({ length: workers }, work))
  const measured = results.filter(({ scale }) => scale === undefined)
  const drawn = results.filter(({ scale }) => scale !== undefined)
  return {
    date: new Date().toISOString().slice(0, 10),
    mode: mode.name,
    seconds: (performance.now() - started) / 1000,
    machine: machine(),
    node: process.versions.node,
    packages: packageVersions(),
    noise: spread(spins),
    rows: [...measured, ...pythonResults(measured, mode.name !== 'smoke'), ...drawn]
  }
}

/** Why a placement is not available on this machine. */
type Missing = Readonly<Record<Placement, string | undefined>>

async function resultOf(
  row: Row | AbsentRow,
  mode: Mode,
  missing: Missing,
  spins: number[]
): Promise<RowResult> {
  if ('absent' in row) {
    const { id, title, goal, absent } = row
    return absence(id, title, [goal], absent)
  }
  const goals = row.goals.map(goal => goalInWords(goal))
  const lacking = missing[row.placement]
  if (lacking !== undefined) return absence(row.id, row.title, goals, lacking)
  try {
    const launch = await measureRow(row, mode)
    spins.push(...launch.spins)
    const result = judge(row, launch)
    if (mode.name !== 'smoke') return result
    return { ...result, goals: goals.map(text => ({ text, verdict: 'not measured' })) }
  } catch (error) {
    return absence(row.id, row.title, goals, error instanceof Error ? error.message : String(error))
  }
}

function absence(id: string, title: string, goals: readonly string[], absent: string): RowResult {
  return {
    id,
    title,
    unit: '',
    placement: 'unpinned',
    standings: [],
    goals: goals.map(text => ({ text, verdict: 'not measured' })),
    absent
  }
}
