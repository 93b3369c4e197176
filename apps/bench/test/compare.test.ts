import { expect, test } from 'vitest'
import { type Figures, summarize } from '../src/harness/statistics.js'
import { changeText } from '../src/report/change.js'
import { result } from '../src/report/judge.js'
import type { GoalResult, Report } from '../src/report/result.js'
import { quietLine, settledText } from '../src/report/settled.js'
import { terminalTable } from '../src/report/terminal.js'

/** A goal of at most 1, of which each launch has one round. */
const goal = (...launches: number[]): GoalResult => measured(launches.map(each => [each]))

function measured(launches: Figures): GoalResult {
  return result('≤ 1.00 of synckit', summarize(launches), value => value)
}

/** Twelve launches, each with two rounds, whose rounds fall in two heaps. */
const twoPlacements = measured(Array.from({ length: 12 }, (_, n) => (n % 3 ? [8, 8.1] : [0.12, 0.121])))

test('a difference that two runs of the same code may have is reported as within the noise', () => {
  const before = goal(1, 1.1, 0.9, 1.05, 0.95, 1)
  const now = goal(1.04, 1.14, 0.94, 1.09, 0.99, 1.04)
  expect(changeText(now, before, 'one core')).toMatch(
    /^ · before 1\.00 \(\+4\.0 %, within the noise of ± 9\.\d %\)$/
  )
})

test('a difference beyond the noise is reported as beyond the noise', () => {
  const before = goal(1, 1.01, 0.99, 1, 1.02, 0.98)
  const now = goal(0.5, 0.51, 0.49, 0.5, 0.52, 0.48)
  expect(changeText(now, before, 'one core')).toMatch(
    /^ · before 1\.00 \(−50 %, beyond the noise of ± \d\.\d %\)$/
  )
})

test('unsettled values are shown, not compared', () => {
  const text = changeText(goal(1, 1, 1), twoPlacements, 'unpinned')
  expect(text).toContain('before unsettled: two placements, 0.12 (33 % of rounds) and 8.05 (67 % of rounds)')
  expect(text).toContain("can't be compared")
})

test('a report that does not know its noise is compared, and says that the noise is unknown', () => {
  const before: GoalResult = {
    text: '',
    verdict: 'met',
    measured: { median: 2, p10: 1, p90: 3, samples: 9 }
  }
  expect(changeText(goal(1, 1, 1), before, 'one core')).toBe(
    ' · before 2.00 (−50 %; how much is noise is not known)'
  )
})

test('a goal that is met in one placement and missed in the other is neither met nor missed', () => {
  expect(twoPlacements.verdict).toBe('unsettled')
  expect(measured(Array.from({ length: 12 }, (_, n) => (n % 3 ? [8, 8.1] : [2, 2.1]))).verdict).toBe('missed')
})

test('each goal says whether it is quiet, and a line says how many are', () => {
  const quiet = goal(1, 1.01, 0.99, 1)
  const noisy = goal(1, 3, 0.4, 2)
  expect(settledText(quiet.measured ?? never(), 'one core')).toMatch(/^1\.00 ± \d\.\d %$/)
  expect(settledText(noisy.measured ?? never(), 'one core')).toMatch(/ ± \d+ %, noisy$/)
  expect(quietLine([])).toBe('how far a second run would differ is not known')
  expect(quietLine([quiet, noisy, twoPlacements, { text: '', verdict: 'not measured' }])).toBe(
    'of 3 measured goals 1 are quiet (a second run on this machine agrees within 15 %), noisy: 1, unsettled: 1'
  )
})

function never(): never {
  throw new Error('it was measured')
}

test('an earlier report stands beside the goals of the rows that ran on the same cores', () => {
  const report = (placement: string): Report => ({
    date: '',
    mode: 'full',
    seconds: 1,
    machine: '',
    node: '',
    packages: {},
    noise: 0,
    rows: [{ id: 'row', title: 'a row', unit: 'µs', placement, standings: [], goals: [goal(1, 1, 1)] }]
  })
  expect(terminalTable(report('one core'), report('one core'))).toContain(
    'before 1.00 (+0.0 %, within the noise'
  )
  expect(terminalTable(report('one core'), report('two cores'))).not.toContain('before')
})
