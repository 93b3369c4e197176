import { expect, test } from 'vitest'
import type { Contestant } from '../src/harness/contestant.js'
import { type Effort, playRounds } from '../src/harness/rounds.js'
import { spin } from '../src/harness/spin.js'
import { Stopwatch } from '../src/harness/stopwatch.js'
import { blocking, blockingAfterIdle, contestant } from '../src/harness/work.js'
import { noop } from '../src/rows/works.js'
import { firstResultForever, honest } from './fixtures/libraries.js'

const effort: Effort = { calls: 20, budget: 0, minRounds: 3, limit: 5000, warmUp: 'none' }

const idle = { role: 'peer', setup: () => undefined, teardown: () => undefined } as const

const sleep = (ms: number): Promise<number> => new Promise(resolve => setTimeout(resolve, ms, 1))

test('work costs CPU time as well as time, and waiting costs none', async () => {
  const working = new Stopwatch()
  while (working.perCall(1, 'ms').figure < 60) spin()
  const worked = working.perCall(1, 'ms')
  expect(worked.cpu).toBeGreaterThan(1000)
  const waiting = new Stopwatch()
  await sleep(60)
  const waited = waiting.perCall(1, 'ms')
  expect(waited.figure).toBeGreaterThan(50)
  expect(waited.cpu / 1000).toBeLessThan(waited.figure / 2)
})

test('the time per call is in the unit of the row', () => {
  const watch = new Stopwatch()
  expect(watch.perCall(4, 'ms', 8).figure).toBe(2)
  expect(watch.perCall(4, 'µs', 8).figure).toBe(2000)
  expect(watch.perCall(4, 'ns', 8).figure).toBe(2_000_000)
})

test('every contestant has a figure of CPU time for each round, whether it times itself or not', async () => {
  const untimed: Contestant = { ...idle, name: 'untimed', run: () => spin() && 42 }
  const cast = [contestant(honest, noop, blocking), untimed]
  const { contestants } = await playRounds(cast, effort)
  for (const { figures, cpu } of contestants) {
    expect(figures).toHaveLength(3)
    expect(cpu).toHaveLength(3)
    for (const each of cpu) expect(each).toBeGreaterThanOrEqual(0)
  }
  expect(contestants[1]?.figures).toEqual([42, 42, 42])
  expect(Math.max(...(contestants[1]?.cpu ?? []).map(Number))).toBeGreaterThan(0)
})

test('an invalid contestant has no CPU time, and the rounds of the others stay aligned', async () => {
  const cast = [firstResultForever, honest].map(library => contestant(library, noop, blocking))
  const { contestants } = await playRounds(cast, effort)
  expect(contestants[0]?.cpu).toEqual([null, null, null])
  expect(contestants[1]?.cpu).not.toContain(null)
})

test('the work of a thread between calls counts as CPU time, but not as time of a call', async () => {
  const { contestants } = await playRounds([contestant(honest, noop, blockingAfterIdle)], effort)
  // Two milliseconds before each call, none of which is in the figure; a busy machine may disturb a round.
  expect(Math.min(...(contestants[0]?.figures ?? []).map(Number))).toBeLessThan(1900)
})

test('a contestant that keeps running after its turn is waited for, so that the next one does not pay for it', async () => {
  let stillRunning = 0
  const stillBusy: Contestant = {
    ...idle,
    name: 'still busy',
    run() {
      const ends = performance.now() + 4
      stillRunning = 1
      const busy = (): void => {
        for (const until = performance.now() + 1; performance.now() < until; );
        if (performance.now() < ends) setImmediate(busy)
        else stillRunning = 0
      }
      setImmediate(busy)
      return 1
    }
  }
  const seen: number[] = []
  const next: Contestant = { ...idle, name: 'next', run: () => seen.push(stillRunning) }
  await playRounds([stillBusy, next], { ...effort, minRounds: 20 })
  expect(seen.filter(each => each > 0).length).toBeLessThan(10)
})
