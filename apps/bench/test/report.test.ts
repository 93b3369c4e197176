import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { byLaunch, ratios, summarize } from '../src/harness/statistics.js'
import { judge } from '../src/report/judge.js'
import { writeMarkdown } from '../src/report/markdown.js'
import { pythonResults } from '../src/report/python.js'
import type { Report } from '../src/report/result.js'
import { atMost, type Row } from '../src/rows/row.js'
import { parseArguments } from '../src/run/arguments.js'
import { modes } from '../src/run/mode.js'
import { chooseRows } from '../src/run/run-all.js'

const idle = { setup: () => undefined, run: () => 0, teardown: () => undefined }

const row: Row = {
  id: 'await-one',
  title: 'a row',
  unit: 'µs',
  placement: 'unpinned',
  how: 'rounds',
  calls: 1,
  goals: [atMost(0.5, 'one way', 'another way')],
  contestants: () => [
    { ...idle, name: 'ours', role: 'ours' },
    { ...idle, name: 'one way', role: 'peer' },
    { ...idle, name: 'another way', role: 'peer' }
  ]
}

const judged = (ours: (number | null)[]) =>
  judge(row, {
    spins: [1, 1, 1],
    rounds: [1, 1, 1],
    contestants: [
      { name: 'ours', figures: ours, cpu: [20, 40, 30] },
      { name: 'one way', figures: [90, 30, 60], cpu: [40, 80, 60] },
      { name: 'another way', figures: [30, 10, 20], cpu: [80, 160, 120] }
    ]
  })

const report = (ours: (number | null)[]): Report => ({
  date: '2026-01-01',
  mode: 'full',
  seconds: 1,
  machine: 'a machine',
  node: '20',
  packages: {},
  noise: 0.02,
  rows: [judged(ours)]
})

test('a summary is the median with the range from the tenth to the ninetieth part', () => {
  expect(summarize([[5, 1, null], [4, 2, 3], []])).toMatchObject({
    median: 3,
    p10: 1.4,
    p90: 4.6,
    samples: 5
  })
  expect(summarize([[null], []])).toBeUndefined()
})

test('a ratio is taken within a round, and a round that one contestant did not play gives none', () => {
  const ours = byLaunch([1, 20, null, 3], [1, 3])
  const theirs = byLaunch([2, 40, 5, null], [1, 3])
  expect(ratios(ours, theirs)).toEqual([[0.5], [0.5, null, null]])
})

test('a goal is measured against the fastest of those it names', () => {
  const [goal] = judged([12, 4, 8]).goals
  expect(goal?.text).toBe('≤ 0.50 of another way')
  expect(goal?.measured?.estimate?.value).toBeCloseTo(0.4)
  expect(goal?.verdict).toBe('met')
  expect(judged([24, 8, 16]).goals[0]?.verdict).toBe('missed')
})

test("a comparison with Python is against its better end, and no figure of Python's is called measured", () => {
  const [threaded] = pythonResults([judged([12, 4, 8])], true)
  expect(threaded?.goals[0]?.measured?.median).toBe(38 / 8)
  expect(threaded?.goals[0]?.ofGoal).toBeCloseTo(2 / (38 / Math.cbrt(12 * 4 * 8)))
  expect(threaded?.standings[1]?.figure).toBeUndefined()
  expect(threaded?.standings[1]?.reference).toBe('38–83, not measured here; ours is the row await-one')
})

test("a figure of ours that is set beside Python's is quiet only where the machine was", () => {
  const steady = { ...judged([8, 8, 8]), noise: 0.02 }
  const states = [steady, { ...steady, noise: 0.9 }].map(
    each => pythonResults([each], true)[0]?.goals[0]?.measured?.estimate?.state
  )
  expect(states).toEqual(['quiet', 'noisy'])
})

test('the Markdown table is written between its markers, and writing it again changes nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-bench-'))
  try {
    const file = join(folder, 'README.md')
    writeFileSync(file, 'before\n<!-- bench:start -->\nold\n<!-- bench:end -->\nafter\n')
    writeMarkdown(file, report([12, 4, 8]))
    const once = readFileSync(file, 'utf8')
    writeMarkdown(file, report([12, 4, 8]))
    expect(readFileSync(file, 'utf8')).toBe(once)
    expect(once).toMatch(/^before\n<!-- bench:start -->\n2026-01-01, full run/)
    expect(once).toContain('| a row | 8 (4.8–11.2) µs | ≤ 0.50 of another way: 0.40 ± 0.0 % · ✅ met |')
    expect(once).toContain('| row | ours | goal: measured | the others | CPU a call | noise |')
    expect(once).toContain('| ours 30<br>one way 60<br>another way 120 µs | 0.0 % |')
    expect(once).toMatch(/<!-- bench:end -->\nafter\n$/)
    expect(once).not.toContain('old')
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a quick run skips rows that are similar to another, a full run and a smoke run skip none', () => {
  const ids = (mode: (typeof modes)['quick']) => chooseRows(['block-bytes-64k'], mode).map(({ id }) => id)
  expect(ids(modes.quick)).toEqual(['block-bytes-64k'])
  expect(ids(modes.full)).toEqual(['block-bytes-64k', 'block-bytes-64k-one-core'])
  expect(ids(modes.smoke)).toEqual(ids(modes.full))
})

test('--only takes ids and how they begin, and a comparison with Python brings the row it needs', () => {
  const { mode, only } = parseArguments(['--quick', '--only', 'local', '--only', 'python-stream'])
  expect(mode.name).toBe('quick')
  expect(chooseRows(only, mode).map(({ id }) => id)).toEqual(['stream-numbers', 'local-sync', 'local-async'])
  expect(() => parseArguments(['--fast'])).toThrow("Unknown option '--fast'")
})
