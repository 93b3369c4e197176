import { blocking, contestant } from '../harness/work.js'
import { bridgeLoop, bridgeLoopWithoutConnection, bridgePoolSync, synckit } from '../libraries/blocking.js'
import { keptMemoryRow } from './kept-memory.js'
import { inEachPlacement, type RowAnywhere } from './placements.js'
import { atMost, type Row } from './row.js'
import { ticksUnderHammering } from './ticks.js'
import { noop } from './works.js'

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

export const blockingRows: readonly Row[] = [
  {
    id: 'block-ticks',
    title: "timer ticks of the worker's loop under hammering",
    unit: '%',
    placement: 'unpinned',
    how: 'rounds',
    calls: 100,
    warmCalls: 100,
    goals: [{ kind: 'figure', atLeast: 90 }],
    note: 'ticks while blocking calls follow each other, in percent of the ticks while nothing is asked',
    contestants: () => [bridgePoolSync, bridgeLoop, synckit].map(ticksUnderHammering)
  },
  keptMemoryRow,
  ...inEachPlacement('loop-hot', loopRow('over its connection', bridgeLoop, 0.6)),
  ...inEachPlacement(
    'loop-without-connection',
    loopRow("where only synckit's own way of calling is left", bridgeLoopWithoutConnection, 1.15)
  ),
  {
    id: 'block-anywhere',
    title: 'blocking no-op, hot, wherever the kernel puts the threads',
    unit: 'µs',
    placement: 'unpinned',
    how: 'rounds',
    calls: 300,
    goals: [],
    isFullOnly: true,
    note: 'what becomes of it when no core is given: no goal, since chance decides',
    contestants: () =>
      [bridgePoolSync, bridgeLoop, synckit].map(library => contestant(library, noop, blocking))
  }
]
