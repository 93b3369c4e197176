import { blocking, blockingAfterIdle, contestant, type Turn, type Work } from '../harness/work.js'
import { bridgePoolSync, makeSynchronous, synckit, syncThreads } from '../libraries/blocking.js'
import { rawAtomics } from '../libraries/raw.js'
import { inEachPlacement, type RowAnywhere } from './placements.js'
import { atMostCpu, type Goal, type Placement, type Row } from './row.js'
import { bytesOf, noop, objectOf, textOf } from './works.js'

/*
 * Blocking calls, judged in CPU time. On one core both threads take turns; on two cores, each waits until the other is woken.
 * Both are measured separately.
 */

const KB = 1024
const peers = [synckit, makeSynchronous]

/** At most this ratio to the peer that takes the least. */
const peer = (ratio: number): Goal => atMostCpu(ratio, ...peers.map(({ name }) => name))

interface NumberRow {
  readonly calls: number
  readonly turn: Turn<unknown>
  readonly goal: number
}

/** A number can be carried by shared words alone, which is the minimum cost of a blocking call. */
function numberRow(id: string, title: string, placement: Placement, { calls, turn, goal }: NumberRow): Row {
  const limits =
    placement === 'two cores' && turn === blocking
      ? [rawAtomics('parked'), rawAtomics('spinning')]
      : [rawAtomics('parked')]
  return {
    id,
    title,
    unit: 'µs',
    placement,
    how: 'rounds',
    calls,
    goals: [peer(goal)],
    contestants: () =>
      [bridgePoolSync, ...peers, syncThreads, ...limits].map(library =>
        contestant(library, noop, turn, blocking)
      )
  }
}

const HOT = 'pool, blocking no-op, hot'
const IDLE = 'pool, blocking no-op, after 2 ms idle'
const hot = { calls: 300, turn: blocking }
const idle = { calls: 15, turn: blockingAfterIdle }

/** The round trip of a payload; `goals` are those for two cores and for one, or the same for both. */
function payload<I>(
  id: string,
  title: string,
  work: Work<I>,
  size: Pick<RowAnywhere, 'calls' | 'warmCalls'>,
  ...goals: number[]
): Row[] {
  const row: RowAnywhere = {
    title: `pool, blocking, ${title}`,
    unit: 'µs',
    how: 'rounds',
    ...size,
    goals: [],
    contestants: () => [bridgePoolSync, ...peers].map(library => contestant(library, work, blocking))
  }
  return inEachPlacement(`block-${id}`, row).map((placed, index) => {
    const ratio = goals[index] ?? goals[0]
    return {
      ...placed,
      ...(ratio !== undefined && { goals: [peer(ratio)] }),
      // The cost of a large payload is that of its copies, on any core.
      ...(index === 1 && size.warmCalls !== undefined && id !== 'text-20k' && { isFullOnly: true as const })
    }
  })
}

const small = { calls: 200 }

export const everydayBlockingRows: readonly Row[] = [
  numberRow('block-hot', HOT, 'two cores', { ...hot, goal: 0.08 }),
  numberRow('block-one-core', HOT, 'one core', { ...hot, goal: 0.75 }),
  numberRow('block-idle', IDLE, 'two cores', { ...idle, goal: 1 }),
  numberRow('block-idle-one-core', IDLE, 'one core', { ...idle, goal: 1 }),
  ...payload('text-200', '200 characters', textOf(200), small, 0.1, 0.85),
  ...payload('text-1k', '1,000 characters', textOf(1000), small, 0.1, 0.85),
  ...payload('text-20k', '20,000 characters', textOf(20_000), { calls: 60, warmCalls: 10_000 }, 0.4),
  ...payload('text-100k', '100,000 characters', textOf(100_000), { calls: 30, warmCalls: 6000 }, 1),
  ...payload('object-900', 'an object of 0.9 KB', objectOf(0.9 * KB), small),
  ...payload('object-1.4k', 'an object of 1.4 KB', objectOf(1.4 * KB), small, 0.45, 1.03),
  ...payload('object-12k', 'an object of 12 KB', objectOf(12 * KB), { calls: 30, warmCalls: 6000 }, 1.06),
  ...payload('bytes-64k', 'a Uint8Array of 64 KB', bytesOf(64 * KB), { calls: 50, warmCalls: 8000 }, 1),
  ...payload('bytes-1m', 'a Uint8Array of 1 MB', bytesOf(KB * KB), { calls: 8, warmCalls: 64 }, 1.05)
]
