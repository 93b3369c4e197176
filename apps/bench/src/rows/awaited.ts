import { contestant, inFlight } from '../harness/work.js'
import { bridgePool, deepPiscina, otherPools, piscinas } from '../libraries/awaited.js'
import { rawMessages } from '../libraries/raw.js'
import { besideLongRow } from './beside-long.js'
import { behindLong, onIdlePool } from './fairness.js'
import { parallelMapRow } from './parallel-maps.js'
import { atMost, atMostCpu, type Placement, type Row } from './row.js'
import { adding, noop } from './works.js'

const everyLibrary = [bridgePool, ...piscinas, ...otherPools, rawMessages]

function oneAtATime(id: string, placement: Placement): Row {
  return {
    id,
    title: 'pool, awaited no-op, one at a time',
    unit: 'µs',
    placement,
    how: 'rounds',
    calls: 200,
    goals: [
      atMostCpu(1, ...everyLibrary.filter(({ role }) => role === 'peer').map(({ name }) => name)),
      atMostCpu(1.4, rawMessages.name)
    ],
    contestants: () => everyLibrary.map(library => contestant(library, noop, inFlight(1)))
  }
}

const withDeep = [...everyLibrary, deepPiscina]

export const awaitedRows: readonly Row[] = [
  oneAtATime('await-one', 'two cores'),
  oneAtATime('await-one-one-core', 'one core'),
  {
    id: 'behind-long',
    title: 'a 1 ms call behind a 500 ms call, another worker free',
    unit: 'ms',
    placement: 'unpinned',
    how: 'rounds',
    calls: 5,
    warmCalls: 5,
    ours: 'bridge pool',
    goals: [atMost(1.1, 'bridge pool, idle')],
    contestants: () => [behindLong(bridgePool), onIdlePool(bridgePool), behindLong(piscinas[1] ?? bridgePool)]
  },
  besideLongRow,
  parallelMapRow,
  {
    id: 'piscina-add',
    title: "piscina's add task, 1,000 queued",
    unit: 'µs',
    placement: 'unpinned',
    how: 'rounds',
    calls: 1000,
    goals: [],
    isFullOnly: true,
    note: "the workload of piscina's own benchmark: no goal, for readers who know its figures",
    contestants: () => withDeep.map(library => contestant(library, adding, inFlight(1000)))
  }
]
