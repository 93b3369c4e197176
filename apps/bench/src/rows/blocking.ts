import { blocking, blockingAfterIdle, contestant } from '../harness/work.js'
import {
  bridgeLoop,
  bridgeLoopWithoutLane,
  bridgePoolSync,
  makeSynchronous,
  synckit,
  syncThreads
} from '../libraries/blocking.js'
import { rawAtomics } from '../libraries/raw.js'
import { type AbsentRow, atMost, type Placement, type Row } from './row.js'
import { ticksUnderHammering } from './ticks.js'
import { noop, objectOf } from './works.js'

const peers = [synckit, makeSynchronous, syncThreads]

function noopRow(id: string, title: string, placement: Placement, isIdle: boolean, ratio: number): Row {
  const limits =
    placement === 'unpinned' && !isIdle
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
        contestant(library, noop, isIdle ? blockingAfterIdle : blocking)
      )
  }
}

function payloadRow(id: string, title: string, bytes: number, calls: number, ratio: number): Row {
  return {
    id,
    title,
    unit: 'µs',
    placement: 'unpinned',
    how: 'rounds',
    calls,
    goals: [atMost(ratio, 'synckit')],
    contestants: () =>
      [bridgePoolSync, synckit, makeSynchronous].map(library =>
        contestant(library, objectOf(bytes), blocking)
      )
  }
}

export const blockingRows: readonly (Row | AbsentRow)[] = [
  noopRow('block-hot', 'pool, blocking no-op, hot', 'unpinned', false, 0.4),
  {
    id: 'block-ticks',
    title: "timer ticks of the worker's loop under hammering",
    unit: '%',
    placement: 'unpinned',
    how: 'rounds',
    calls: 100,
    goals: [{ kind: 'figure', atLeast: 60 }],
    note: 'ticks while blocking calls follow each other, in percent of the ticks while nothing is asked',
    contestants: () => [bridgePoolSync, bridgeLoop, synckit].map(ticksUnderHammering)
  },
  noopRow('block-one-core', 'pool, blocking no-op, hot', 'one core', false, 0.85),
  noopRow('block-idle', 'pool, blocking no-op, after 2 ms idle', 'unpinned', true, 0.65),
  noopRow('block-idle-one-core', 'pool, blocking no-op, after 2 ms idle', 'one core', true, 1),
  payloadRow('block-1kb', 'pool, blocking, 1 KB there and back', 1024, 200, 0.8),
  payloadRow('block-100kb', 'pool, blocking, 100 KB there and back', 102_400, 6, 0.95),
  {
    id: 'loop-hot',
    title: 'loop, blocking no-op, hot, by the lane',
    unit: 'µs',
    placement: 'unpinned',
    how: 'rounds',
    calls: 300,
    goals: [atMost(0.6, 'synckit')],
    contestants: () => [bridgeLoop, synckit].map(library => contestant(library, noop, blocking))
  },
  {
    id: 'loop-without-lane',
    title: "loop, blocking no-op, hot, where only synckit's own way of calling is left",
    unit: 'µs',
    placement: 'unpinned',
    how: 'rounds',
    calls: 300,
    goals: [atMost(1.15, 'synckit')],
    contestants: () => [bridgeLoopWithoutLane, synckit].map(library => contestant(library, noop, blocking))
  }
]
