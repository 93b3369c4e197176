import { expect, test } from 'vitest'
import { estimate, repeatOfBoth } from '../src/harness/estimate.js'
import { seeded } from '../src/harness/seeded.js'

const LAUNCHES = 12
const ROUNDS = 20

/** Numbers that lie about 0 as a bell does. */
function bell(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** A run of launches that each lie `between` apart, and whose rounds lie `within` apart, by ratio, about `value`. */
function run(random: () => number, value: number, between: number, within: number): number[][] {
  return Array.from({ length: LAUNCHES }, () => {
    const own = value * Math.exp(between * bell(random))
    return Array.from({ length: ROUNDS }, () => own * Math.exp(within * bell(random)))
  })
}

/** A run whose launches were each placed in one of two ways. */
function placed(random: () => number, near: number, far: number): number[][] {
  return Array.from({ length: LAUNCHES }, () => {
    const own = random() < 0.5 ? near : far
    return Array.from({ length: ROUNDS }, () => own * Math.exp(0.03 * bell(random)))
  })
}

test('of two runs of a row that is called quiet, the second lands within 15 % of the first', () => {
  const random = seeded(1)
  const pairs = Array.from({ length: 60 }, () => [run(random, 1.3, 0.06, 0.1), run(random, 1.3, 0.06, 0.1)])
  const quiet = pairs.map(pair => pair.map(estimate)).filter(([first]) => first?.state === 'quiet')
  const apart = quiet.map(([first, second]) => Math.abs((second?.value ?? 0) / (first?.value ?? 0) - 1))
  expect(quiet.length).toBeGreaterThan(55)
  expect(Math.max(...apart)).toBeLessThan(0.15)
})

test('the part by which a second run may differ holds for nine of ten runs at least, however wild', () => {
  const random = seeded(2)
  const hits = Array.from({ length: 200 }, () => {
    const [first, second] = [run(random, 1, 0.4, 0.3), run(random, 1, 0.4, 0.3)].map(estimate)
    expect(first?.state).toBe('noisy')
    return Math.abs(Math.log((second?.value ?? 0) / (first?.value ?? 0))) <= Math.log1p(first?.repeat ?? 0)
  })
  expect(hits.filter(Boolean).length).toBeGreaterThan(180)
})

test('a few launches that were disturbed move neither the value nor the verdict', () => {
  const launches = run(seeded(3), 2, 0.02, 0.05)
  const calm = estimate(launches)
  const disturbed = estimate(launches.map((rounds, n) => (n === 4 ? rounds.map(each => each * 6) : rounds)))
  expect(disturbed.state).toBe('quiet')
  expect(Math.abs(disturbed.value / calm.value - 1)).toBeLessThan(0.03)
})

test('rounds that fall in two placements are unsettled, and both values are given', () => {
  const { state, clusters } = estimate(placed(seeded(4), 0.12, 8.7))
  expect(state).toBe('unsettled')
  expect(clusters?.map(({ value }) => value.toPrecision(1))).toEqual(['0.1', '9'])
  expect(clusters?.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1)
})

test('where ours and theirs were placed each by itself, there are three values', () => {
  const launches = [0.12, 1, 8.7].flatMap(value => run(seeded(5), value, 0.05, 0.05).slice(0, 4))
  expect(estimate(launches).clusters).toHaveLength(3)
})

test('rounds that are only spread, evenly or as a bell, are not taken for two placements', () => {
  const random = seeded(6)
  const even = [Array.from({ length: 300 }, () => 1 + 9 * random())]
  expect(estimate(even).clusters).toBeUndefined()
  expect(estimate(run(random, 1, 0.5, 0.5)).clusters).toBeUndefined()
})

test('two of twenty rounds that were disturbed are no placement', () => {
  const random = seeded(9)
  const processes = Array.from({ length: 20 }, (_, n) => [
    (n < 2 ? 1.8 : 0.9) * Math.exp(0.05 * bell(random))
  ])
  expect(estimate(processes).clusters).toBeUndefined()
})

test('one launch does not tell what a second one would find', () => {
  const { repeat, state } = estimate([[1, 1, 1]])
  expect(repeat).toBeUndefined()
  expect(state).toBe('noisy')
})

test('a report says the same whenever it is made', () => {
  const launches = run(seeded(7), 1, 0.2, 0.1)
  expect(estimate(launches)).toEqual(estimate(launches))
})

test('two runs that differ as each would from itself have the noise of either', () => {
  const one = estimate(run(seeded(8), 1, 0.1, 0.1))
  expect(repeatOfBoth(one, one)).toBeCloseTo(one.repeat ?? 0)
  expect(repeatOfBoth(one, estimate([[1]]))).toBeUndefined()
})
