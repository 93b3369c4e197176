import { expect, test } from 'vitest'
import type { Launch } from '../src/harness/rounds.js'
import { rowChart } from '../src/report/charts.js'
import { goalInWords, judge } from '../src/report/judge.js'
import type { Report, RowResult } from '../src/report/result.js'
import { terminalTable } from '../src/report/terminal.js'
import { allRows, measurableRows } from '../src/rows/all-rows.js'
import { withPeerRule } from '../src/rows/peer-rule.js'
import { atMost, atMostCpu, type Goal, type Row } from '../src/rows/row.js'

const idle = { setup: () => undefined, run: () => 0, teardown: () => undefined }

const row = (...goals: Goal[]): Row => ({
  id: 'row',
  title: 'a row',
  unit: 'µs',
  placement: 'unpinned',
  how: 'rounds',
  calls: 1,
  goals,
  contestants: () => [
    { ...idle, name: 'ours', role: 'ours' },
    { ...idle, name: 'quick', role: 'peer' },
    { ...idle, name: 'frugal', role: 'peer' },
    { ...idle, name: 'the limit', role: 'limit' }
  ]
})

/** One peer is the faster by the clock, the other takes less CPU time. */
const launch = (ours: number): Launch => ({
  spins: [1, 1, 1, 1],
  rounds: [2, 2],
  contestants: [
    { name: 'ours', figures: [10, 10, 10, 10], cpu: [ours, ours, ours, ours] },
    { name: 'quick', figures: [5, 5, 5, 5], cpu: [40, 40, 40, 40] },
    { name: 'frugal', figures: [50, 50, 50, 50], cpu: [20, 20, 20, 20] },
    { name: 'the limit', figures: [4, 4, 4, 4], cpu: [8, 8, 8, 8] }
  ]
})

const report = (result: RowResult): Report => ({
  date: '',
  mode: 'full',
  seconds: 1,
  machine: '',
  node: '',
  packages: {},
  noise: 0,
  rows: [result]
})

test('a goal in CPU time is measured against the peer that takes the least of it, one by the clock against the fastest', () => {
  const { goals } = judge(row(atMostCpu(1, 'quick', 'frugal'), atMost(1, 'quick', 'frugal')), launch(10))
  expect(goals.map(({ text }) => text)).toEqual(['≤ 1.00 of frugal in CPU', '≤ 1.00 of quick'])
  expect(goals.map(({ verdict }) => verdict)).toEqual(['met', 'missed'])
  expect(goals[0]?.ofGoal).toBeCloseTo(0.5)
  expect(goals[1]?.ofGoal).toBeCloseTo(2)
})

test('a goal towards the limit is met or missed by the CPU time beside it', () => {
  const verdict = (ours: number) => judge(row(atMostCpu(1.2, 'the limit')), launch(ours)).goals[0]?.verdict
  expect(verdict(9)).toBe('met')
  expect(verdict(10)).toBe('missed')
})

test('added CPU time is a difference, which may be nothing or less', () => {
  const goal: Goal = { kind: 'added cpu', atMost: 0.4, to: 'frugal' }
  const judged = [20.3, 19, 21].map(ours => judge(row(goal), launch(ours)).goals[0])
  expect(judged.map(each => each?.verdict)).toEqual(['met', 'met', 'missed'])
  expect(judged[1]?.measured?.median).toBeCloseTo(-1)
  expect(judged[0]?.text).toBe('≤ 0.4 µs of CPU more than frugal')
})

test('a ceiling is about our own figure', () => {
  const goals: Goal[] = [9, 11].map(most => ({ kind: 'ceiling', atMost: most, unit: 'MB' }))
  expect(judge(row(...goals), launch(1)).goals.map(({ verdict }) => verdict)).toEqual(['missed', 'met'])
  expect(goalInWords(goals[0] as Goal)).toBe('≤ 9 MB')
})

test('a row that says nothing of its peers has the goal that holds everywhere', () => {
  expect(withPeerRule(row()).goals).toEqual([atMostCpu(1.05, 'quick', 'frugal')])
  expect(withPeerRule({ ...row(), unit: 'ms' }).goals).toEqual([atMost(1.05, 'quick', 'frugal')])
  const says = row(atMostCpu(2, 'quick'))
  expect(withPeerRule(says).goals).toEqual(says.goals)
  const limited = row(atMostCpu(2, 'the limit'))
  expect(withPeerRule(limited).goals).toHaveLength(2)
})

test('the terminal shows CPU time and its ratio, and what both were before', () => {
  const goals = [atMostCpu(1, 'quick', 'frugal')]
  const now = report(judge(row(...goals), launch(10)))
  const before = report(judge(row(...goals), launch(20)))
  const text = terminalTable(now, before)
  expect(text).toContain('▶ ours 10 (10–10) · CPU 10 (10–10) · before 20 (−50 %, beyond the noise')
  expect(text).toMatch(
    /frugal 50 \(50–50\) {3}ours : it 0\.20.* · CPU 20 \(20–20\) {3}ours : it 0\.50.* · before 1\.00 \(−50 %/
  )
  expect(text).toMatch(/✓ ≤ 1\.00 of frugal in CPU: 0\.50.* · met · before 1\.00/)
})

test('the missed goals stand at the end, the farthest first', () => {
  const goals = [atMostCpu(0.4, 'frugal'), atMostCpu(1, 'quick'), atMostCpu(0.5, 'the limit')]
  const lines = terminalTable(report(judge(row(...goals), launch(10))), undefined).split('\n')
  expect(lines.slice(-2).map(each => each.trim())).toEqual([
    '2.50 × the goal  row  ≤ 0.50 of the limit in CPU',
    '1.25 × the goal  row  ≤ 0.40 of frugal in CPU'
  ])
})

test('a goal in CPU time is not compared with one by the clock that stood there before', () => {
  const now = report(judge(row(atMostCpu(1, 'frugal')), launch(10)))
  const before = report(judge(row(atMost(1, 'frugal')), launch(10)))
  const line = terminalTable(now, before)
    .split('\n')
    .find(each => each.includes('≤ 1.00'))
  expect(line).not.toContain('before')
})

test('a report of an earlier version, without CPU time, is shown and compared', () => {
  const now = judge(row(atMost(1, 'frugal')), launch(10))
  const old = { ...now, standings: now.standings.map(({ cpu, cpuRatio, ...rest }) => rest) }
  expect(terminalTable(report(old), report(now))).not.toContain('CPU')
  expect(terminalTable(report(now), report(old))).toContain('CPU 10 (10–10)\n')
})

test("CPU time stands in the row's unit, or in microseconds where that is no time", () => {
  const shown = (unit: Row['unit']) => terminalTable(report(judge({ ...row(), unit }, launch(10))), undefined)
  expect(shown('ns')).toContain('CPU 10,000 (')
  expect(shown('ms')).toContain('CPU 0.01 (')
  expect(shown('MB')).toContain('CPU 10 (10–10) µs')
})

test('a chart draws CPU time beside the figure, where both are times', () => {
  const datasets = (unit: Row['unit']) => rowChart(judge({ ...row(), unit }, launch(10))).config.data.datasets
  expect(datasets('µs').map(({ label }) => label)).toEqual(['by the clock', 'CPU, all threads'])
  expect(datasets('µs')[1]?.data).toEqual([10, 40, 20, 8].map(each => expect.closeTo(each)))
  expect(datasets('MB')).toHaveLength(1)
})

test('every goal names a contestant of its row', () => {
  for (const { id, goals, contestants } of measurableRows) {
    const names = contestants().map(({ name }) => name)
    const asked = goals.flatMap(goal =>
      goal.kind === 'ratio' ? goal.of : goal.kind === 'added cpu' ? [goal.to] : []
    )
    expect({ id, strangers: asked.filter(name => !names.includes(name)) }).toEqual({ id, strangers: [] })
  }
})

test('no two rows have one id', () => {
  const ids = allRows.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
})
