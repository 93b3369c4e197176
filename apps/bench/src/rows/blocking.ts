import { blocking, blockingAfterIdle, contestant, type Work } from '../harness/work.js'
import {
  bridgeLoop,
  bridgeLoopWithoutLane,
  bridgePoolSync,
  makeSynchronous,
  synckit,
  syncThreads
} from '../libraries/blocking.js'
import { rawAtomics } from '../libraries/raw.js'
import { inEachPlacement, type RowAnywhere } from './placements.js'
import { type AbsentRow, atMost, type Placement, type Row } from './row.js'
import { ticksUnderHammering } from './ticks.js'
import { noop, objectOf, textOf } from './works.js'

const peers = [synckit, makeSynchronous, syncThreads]

function noopRow(id: string, title: string, placement: Placement, isIdle: boolean, ratio: number): Row {
  const limits =
    placement !== 'one core' && !isIdle
      ? [rawAtomics('parked'), rawAtomics('spinning')]
      : [rawAtomics('parked')]
  return {
    id,
    title,
    unit: 'µs',
    placement,
    how: 'rounds',
    calls: isIdle ? 15 : 300,
    goals: [atMost(ratio, 'synckit')],
    contestants: () =>
      [bridgePoolSync, ...peers, ...limits].map(library =>
        contestant(library, noop, isIdle ? blockingAfterIdle : blocking, blocking)
      )
  }
}

function payloadRow(title: string, work: Work<unknown>, calls: number, ratio: number): RowAnywhere {
  return {
    title,
    unit: 'µs',
    how: 'rounds',
    calls,
    goals: [atMost(ratio, 'synckit')],
    contestants: () =>
      [bridgePoolSync, synckit, makeSynchronous].map(library => contestant(library, work, blocking))
  }
}

function loopRow(title: string, library: typeof bridgeLoop, ratio: number): RowAnywhere {
  return {
    title: `loop, blocking no-op, hot, ${title}`,
    unit: 'µs',
    how: 'rounds',
    calls: 300,
    goals: [atMost(ratio, 'synckit')],
    contestants: () => [library, synckit].map(each => contestant(each, noop, blocking))
  }
}

export const blockingRows: readonly (Row | AbsentRow)[] = [
  noopRow('block-hot', 'pool, blocking no-op, hot', 'two cores', false, 0.4),
  {
    id: 'block-ticks',
    title: "timer ticks of the worker's loop under hammering",
    unit: '%',
    placement: 'unpinned',
    how: 'rounds',
    calls: 100,
    warmCalls: 100,
    goals: [{ kind: 'figure', atLeast: 60 }],
    note: 'ticks while blocking calls follow each other, in percent of the ticks while nothing is asked',
    contestants: () => [bridgePoolSync, bridgeLoop, synckit].map(ticksUnderHammering)
  },
  noopRow('block-one-core', 'pool, blocking no-op, hot', 'one core', false, 0.85),
  noopRow('block-idle', 'pool, blocking no-op, after 2 ms idle', 'two cores', true, 0.65),
  noopRow('block-idle-one-core', 'pool, blocking no-op, after 2 ms idle', 'one core', true, 1),
  ...inEachPlacement(
    'block-1kb',
    payloadRow('pool, blocking, 1 KB there and back', objectOf(1024), 200, 0.8)
  ),
  {
    ...payloadRow('pool, blocking, 100 KB there and back', objectOf(102_400), 6, 0.95),
    warmCalls: 150,
    id: 'block-100kb',
    placement: 'unpinned'
  },
  {
    ...payloadRow('pool, blocking, 20,000 characters there and back', textOf(20_000), 30, 0.4),
    id: 'block-20k-text',
    placement: 'unpinned'
  },
  ...inEachPlacement('loop-hot', loopRow('by the lane', bridgeLoop, 0.6)),
  ...inEachPlacement(
    'loop-without-lane',
    loopRow("where only synckit's own way of calling is left", bridgeLoopWithoutLane, 1.15)
  ),
  {
    id: 'block-anywhere',
    title: 'blocking no-op, hot, wherever the kernel puts the threads',
    unit: 'µs',
    placement: 'unpinned',
    how: 'rounds',
    calls: 300,
    goals: [],
    note: 'what becomes of it when no core is given: no goal, since chance decides',
    contestants: () =>
      [bridgePoolSync, bridgeLoop, synckit].map(library => contestant(library, noop, blocking))
  }
]
