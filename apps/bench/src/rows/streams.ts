import type { Kind } from '../workers/streams.js'
import { firstItems, openStreams, roundTrips } from './openings.js'
import { inEachPlacement } from './placements.js'
import { blockingBatches, messageAnItem } from './raw-streams.js'
import { atMost, type Row } from './row.js'
import {
  bridgeBlockingStream,
  bridgeStream,
  inContext,
  inProcess,
  streaming,
  synckitPerItem,
  withoutThread
} from './stream-contestants.js'

// Long enough to measure the cost of an item, and not that of opening a stream, a few tenths of a millisecond, which the
// rows scale-streams show.
const common = {
  unit: 'ns',
  placement: 'unpinned',
  how: 'rounds',
  calls: 200_000,
  warmCalls: 2_000_000
} as const

function streamRow(kind: Kind, ratio: number, of: string): Row {
  return {
    ...common,
    id: `stream-${kind}`,
    title: `stream of ${kind} to for await, an item`,
    goals: [atMost(ratio, of)],
    contestants: () =>
      [bridgeStream(kind), withoutThread(kind), inProcess(kind), messageAnItem(kind)].map(streamer =>
        streaming(kind, 'for await', streamer)
      )
  }
}

const openingRow = { unit: 'µs', how: 'rounds' } as const

export const streamRows: readonly Row[] = [
  streamRow('numbers', 1.05, 'the iterator without a thread'),
  streamRow('fractions', 1.2, 'the iterator without a thread'),
  streamRow('objects', 0.1, 'one message an item'),
  ...inEachPlacement('stream-blocking', {
    ...common,
    title: 'async generator → blocking for, an item',
    // Two hundred times better than one call for each item.
    goals: [atMost(1.1, 'bare batches of 1,024'), atMost(1 / 200, 'synckit, a call an item')],
    contestants: () =>
      [bridgeBlockingStream, blockingBatches, synckitPerItem].map(streamer =>
        streaming('numbers', 'for', streamer)
      )
  }),
  {
    ...common,
    id: 'stream-context',
    title: 'stream of numbers, context on (three variables) against off, an item',
    how: 'processes',
    warmUp: 'rounds',
    goals: [atMost(1.05, 'bridge pool, no context')],
    contestants: () => [inContext(true), inContext(false)]
  },
  ...inEachPlacement('stream-first', {
    ...openingRow,
    title: 'a stream, opened after 5 ms idle, until its first item',
    calls: 15,
    warmCalls: 4000,
    goals: [atMost(3, 'one message there and one back')],
    contestants: () => [firstItems(), roundTrips(true)]
  }),
  ...inEachPlacement('stream-many', {
    ...openingRow,
    title: '1,000 streams of ten items at once, a stream',
    calls: 1000,
    goals: [atMost(3, 'one message there and one back')],
    contestants: () => [openStreams(), roundTrips(false)]
  })
]
