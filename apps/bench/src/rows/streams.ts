import { inEachPlacement } from './placements.js'
import { blockingBatches, messageAnItem } from './raw-streams.js'
import { atMost, type Row } from './row.js'
import {
  bridgeBlockingStream,
  bridgeStream,
  inProcess,
  streaming,
  synckitPerItem,
  withoutThread
} from './stream-contestants.js'

// So long that an item's cost is measured, and not how two threads wake each other to open a stream: a few tenths of
// a millisecond, which the rows scale-streams show.
const common = {
  unit: 'ns',
  placement: 'unpinned',
  how: 'rounds',
  calls: 200_000,
  warmCalls: 2_000_000
} as const

function streamRow(kind: 'numbers' | 'objects', ratio: number, of: string): Row {
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

export const streamRows: readonly Row[] = [
  streamRow('numbers', 1.15, 'the iterator without a thread'),
  streamRow('objects', 0.2, 'one message an item'),
  ...inEachPlacement('stream-blocking', {
    ...common,
    title: 'async generator → blocking for, an item',
    // 200 ns where the limit is 174; two hundred times better than a call an item.
    goals: [atMost(200 / 174, 'bare batches of 1,024'), atMost(1 / 200, 'synckit, a call an item')],
    contestants: () =>
      [bridgeBlockingStream, blockingBatches, synckitPerItem].map(streamer =>
        streaming('numbers', 'for', streamer)
      )
  })
]
