import { expect, test } from 'vitest'
import type { Contestant } from '../src/harness/contestant.js'
import { type Effort, playRounds } from '../src/harness/rounds.js'
import { blocking, contestant, inFlight } from '../src/harness/work.js'
import { judge } from '../src/report/judge.js'
import { terminalTable } from '../src/report/terminal.js'
import { atMost, type Row } from '../src/rows/row.js'
import { noop, objectOf } from '../src/rows/works.js'
import { broken, firstAnswerLater, firstResultForever, honest, sameObject } from './fixtures/libraries.js'

const effort: Effort = { calls: 20, budget: 0, minRounds: 4, limit: 5000, warmUp: { calls: 1, time: 0 } }

const row = (...contestants: Contestant[]): Row => ({
  id: 'row',
  title: 'a row',
  unit: 'µs',
  placement: 'unpinned',
  how: 'rounds',
  calls: effort.calls,
  goals: [atMost(1, 'first result forever')],
  contestants: () => contestants
})

test('a contestant that returns its first result forever is marked invalid, and no goal is measured against it', async () => {
  const cast = [honest, firstResultForever].map(library => contestant(library, noop, blocking))
  const result = judge(row(...cast), await playRounds(cast, effort))
  const [ours, wrong] = result.standings

  expect(ours?.figure?.samples).toBe(4)
  expect(wrong?.invalid).toBe('call 2 of 20 got an answer that is not its own')
  expect(wrong?.figure).toBeUndefined()
  expect(wrong?.ratio).toBeUndefined()
  expect(result.goals[0]?.verdict).toBe('not measured')
  const report = { date: '', mode: '', seconds: 0, machine: '', node: '', packages: {}, noise: 0 }
  expect(terminalTable({ ...report, rows: [result] }, undefined)).toContain(
    'first result forever invalid: call 2'
  )
})

test('it is caught when its calls are awaited, many at once', async () => {
  const cast = [contestant(firstAnswerLater, noop, inFlight(8))]
  const { contestants } = await playRounds(cast, effort)
  expect(contestants[0]?.invalid).toBe('call 2 of 20 got an answer that is not its own')
})

test('a contestant that hands the argument back uncopied is marked invalid', async () => {
  const { contestants } = await playRounds([contestant(sameObject, objectOf(1024), blocking)], effort)
  expect(contestants[0]?.invalid).toBe('call 1 of 20 got an answer that is not its own')
})

test('a contestant that does not start does not affect the figures of the others', async () => {
  const cast = [broken, honest].map(library => contestant(library, noop, blocking))
  const { contestants } = await playRounds(cast, effort)
  expect(contestants[0]).toEqual({
    name: 'broken',
    figures: [null, null, null, null],
    cpu: [null, null, null, null],
    failed: 'it does not start'
  })
  expect(contestants[1]?.figures).toHaveLength(4)
})

test('every contestant plays once in each round, in an order that changes', async () => {
  const turns: string[] = []
  const cast = ['a', 'b', 'c', 'd'].map(
    (name): Contestant => ({
      name,
      role: 'peer',
      setup: () => undefined,
      run: () => turns.push(name),
      teardown: () => undefined
    })
  )
  await playRounds(cast, { ...effort, minRounds: 30, warmUp: 'none' })
  const orders = Array.from({ length: 30 }, (_, n) => turns.slice(n * 4, n * 4 + 4))
  for (const order of orders) expect([...order].sort()).toEqual(['a', 'b', 'c', 'd'])
  expect(new Set(orders.map(String)).size).toBeGreaterThan(1)
})

test('a slow contestant ends the rounds at the limit, not at their number', async () => {
  const slow: Contestant = {
    name: 'slow',
    role: 'peer',
    setup: () => undefined,
    run: () => new Promise(resolve => setTimeout(resolve, 30, 30)),
    teardown: () => undefined
  }
  const { contestants } = await playRounds([slow], { ...effort, minRounds: 1000, limit: 100, warmUp: 'none' })
  expect(contestants[0]?.figures.length).toBeLessThan(10)
})

test('each contestant runs unmeasured until it has made its warm-up calls, whatever the others need', async () => {
  const made = [0, 0]
  const cast = made.map(
    (_, index): Contestant => ({
      name: `contestant ${index}`,
      role: 'peer',
      atMost: index === 0 ? 5 : undefined,
      setup: () => undefined,
      run: n => (made[index] = (made[index] as number) + n),
      teardown: () => undefined
    })
  )
  const warmUp = { calls: 60, time: 5000 }
  const { contestants } = await playRounds(cast, { ...effort, minRounds: 1, warmUp })
  expect(made).toEqual([60 + 5, 60 + 20])
  expect(contestants.map(({ figures }) => figures.length)).toEqual([1, 1])
})

test('a contestant that is slow warms up for its time, and at least once', async () => {
  let turns = 0
  const slow: Contestant = {
    name: 'slow',
    role: 'peer',
    setup: () => undefined,
    run: () => ++turns,
    teardown: () => undefined
  }
  await playRounds([slow], { ...effort, minRounds: 1, warmUp: { calls: Infinity, time: 0 } })
  expect(turns).toBe(1 + 1)
})

test('a contestant warms up in its own way where it has one', async () => {
  const asked: string[] = []
  const napping: Contestant = {
    name: 'napping',
    role: 'peer',
    setup: () => undefined,
    run: () => asked.push('run'),
    warm: () => asked.push('warm'),
    teardown: () => undefined
  }
  await playRounds([napping], { ...effort, minRounds: 1, warmUp: { calls: 40, time: 5000 } })
  expect(asked).toEqual(['warm', 'warm', 'run'])
})
