import { contestant, inFlight } from '../harness/work.js'
import { bridgePool, deepPiscina, otherPools, piscinaNames, piscinas } from '../libraries/awaited.js'
import { rawMessages } from '../libraries/raw.js'
import { boundedBridge, signalledPiscina } from './bounded.js'
import { behindLong, onIdlePool } from './fairness.js'
import { atMost, type Placement, type Row } from './row.js'
import { adding, bytesOf, computing, noop, objectOf, textOf } from './works.js'

const everybody = [bridgePool, ...piscinas, ...otherPools, rawMessages]

function oneAtATime(id: string, placement: Placement, ratio: number): Row {
  return {
    id,
    title: 'pool, awaited no-op, one at a time',
    unit: 'µs',
    placement,
    how: 'rounds',
    calls: 200,
    goals: [atMost(ratio, ...piscinaNames)],
    contestants: () => everybody.map(library => contestant(library, noop, inFlight(1)))
  }
}

const withDeep = [...everybody, deepPiscina]

function atOnce(id: string, title: string, calls: number, ratio: number, work: Row['contestants']): Row {
  return {
    id,
    title: `pool, 64 at once: ${title}`,
    unit: 'µs',
    placement: 'unpinned',
    how: 'rounds',
    calls,
    // With many tasks per worker piscina stands beside: the goals were set from its three modes of waking.
    goals: [atMost(ratio, ...piscinaNames)],
    contestants: work
  }
}

export const awaitedRows: readonly Row[] = [
  oneAtATime('await-one', 'two cores', 0.7),
  oneAtATime('await-one-one-core', 'one core', 1),
  atOnce('at-once-noop', 'no-op', 640, 0.08, () =>
    withDeep.map(library => contestant(library, noop, inFlight(64)))
  ),
  atOnce('at-once-bounded', 'no-op with context, deadline and signal', 640, 0.12, () => [
    boundedBridge,
    ...[...piscinas, deepPiscina].map(library => contestant(library, noop, inFlight(64))),
    signalledPiscina
  ]),
  atOnce('at-once-1kb', '1 KB there and back', 320, 0.45, () =>
    withDeep.map(library => contestant(library, objectOf(1024), inFlight(64)))
  ),
  atOnce('at-once-20k-text', '20,000 characters there and back', 128, 0.65, () =>
    withDeep.map(library => contestant(library, textOf(20_000), inFlight(64)))
  ),
  {
    ...atOnce('at-once-1mb', '1 MB there and back', 64, 1, () =>
      withDeep.map(library => contestant(library, bytesOf(1 << 20), inFlight(64)))
    ),
    // The megabyte outweighs what compiling changes; so do the 100 µs, nearly.
    warmCalls: 128
  },
  {
    ...atOnce('at-once-cpu', '100 µs of CPU', 192, 0.75, () =>
      withDeep.map(library => contestant(library, computing, inFlight(64)))
    ),
    warmCalls: 1500
  },
  {
    id: 'behind-long',
    title: 'a 1 ms call behind a 500 ms call, another worker free',
    unit: 'ms',
    placement: 'unpinned',
    how: 'rounds',
    calls: 5,
    warmCalls: 5,
    ours: 'bridge pool',
    goals: [atMost(1.5, 'bridge pool, idle')],
    contestants: () => [behindLong(bridgePool), onIdlePool(bridgePool), behindLong(piscinas[1] ?? bridgePool)]
  },
  {
    id: 'piscina-add',
    title: "piscina's add task, 1,000 queued",
    unit: 'µs',
    placement: 'unpinned',
    how: 'rounds',
    calls: 1000,
    goals: [],
    note: "the workload of piscina's own benchmark: no goal, for readers who know its figures",
    contestants: () => withDeep.map(library => contestant(library, adding, inFlight(1000)))
  }
]
