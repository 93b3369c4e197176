import { isDeepStrictEqual } from 'node:util'
import { type Contestant, freshId, type Role, WrongAnswer } from '../harness/contestant.js'
import { Stopwatch } from '../harness/stopwatch.js'
import { atMostCpu, type Row } from './row.js'
import { objectOf } from './works.js'

/*
 * Data is walked before it is sent, to find what a message would lose: functions, remote objects, errors, URLs. The walk must
 * not dominate the cost of a call, so it is compared with a clone of the same value.
 */

const CLONE = 'structuredClone'
const KB = 1024
const SMALL = 16

type Make = (id: number) => object
type Act = (value: object) => unknown

function walking(
  make: Make,
  name: string,
  role: Role,
  load: () => Promise<Act>,
  isRight: (value: object, given: unknown) => boolean
): Contestant {
  let act: Act = value => value
  return {
    name,
    role,
    async setup() {
      act = await load()
    },
    run(n) {
      const values = Array.from({ length: n }, () => make(freshId()))
      const given: unknown[] = new Array(n)
      const watch = new Stopwatch()
      for (let k = 0; k < n; k++) given[k] = act(values[k] as object)
      const timed = watch.perCall(n, 'µs')
      if (values.some((value, k) => !isRight(value, given[k]))) {
        throw new WrongAnswer('a value was not walked, or not cloned, as it is')
      }
      return timed
    },
    teardown: () => undefined
  }
}

function walkRow(id: string, title: string, calls: number, make: Make): Row {
  return {
    id: `walk-${id}`,
    title: `one walk of ${title}, against its clone`,
    unit: 'µs',
    placement: 'unpinned',
    how: 'rounds',
    calls,
    goals: [atMostCpu(0.1, CLONE)],
    contestants: () => [
      walking(
        make,
        'bridge, a walk',
        'ours',
        async () => {
          const { refer } = await import('@bridge/core/executor')
          return value => refer([value], () => undefined)
        },
        // None of these values contains anything that a message would lose.
        (_, given) => given === undefined
      ),
      walking(
        make,
        CLONE,
        'limit',
        async () => structuredClone,
        (value, given) => given !== value && isDeepStrictEqual(value, given)
      )
    ]
  }
}

const dates: Make = id => Array.from({ length: SMALL }, (_, n) => ({ id, at: new Date(id * 1000 + n) }))

const maps: Make = id =>
  Array.from({ length: SMALL }, (_, n) => new Map([[`${id}`, n] as const, ['next', id] as const]))

export const walkRows: readonly Row[] = [
  walkRow('object-1.4k', 'an object of 1.4 KB', 200, objectOf(1.4 * KB).input),
  walkRow('object-12k', 'an object of 12 KB', 40, objectOf(12 * KB).input),
  walkRow('dates', `${SMALL} dates`, 200, dates),
  walkRow('maps', `${SMALL} small Maps`, 200, maps)
]
