import { contestant, inFlight, type Library, type Work } from '../harness/work.js'
import { bridgePool, comlink, deepPiscina, otherPools, piscina } from '../libraries/awaited.js'
import { batchedMessages } from '../libraries/batch.js'
import { rawMessages } from '../libraries/raw.js'
import { boundedBridge, signalledPiscina } from './bounded.js'
import { atMost, atMostCpu, type Goal, type Row } from './row.js'
import { bytesOf, computing, computingBriefly, computingLong, noop, objectOf, textOf } from './works.js'

/*
 * Typical work of services: small and medium payloads, some of them concurrent. They are judged in CPU time, which does not
 * depend on where the kernel puts two threads; so the cores are not fixed.
 */

type Awaited = Library<Promise<unknown>>

/** piscina with its defaults, and with the many tasks per worker that its documentation advises for tasks that wait. */
const peers: readonly Awaited[] = [piscina('sync'), deepPiscina, comlink]
const limits: readonly Awaited[] = [rawMessages, batchedMessages]
const peerNames = peers.map(({ name }) => name)

const BARE = rawMessages.name
const BATCH = batchedMessages.name
const KB = 1024

/** At most this ratio to the peer that takes the least. */
const peer = (ratio: number): Goal => atMostCpu(ratio, ...peerNames)
const bare = (ratio: number): Goal => atMostCpu(ratio, BARE)
const batch = (ratio: number): Goal => atMostCpu(ratio, BATCH)

interface Everyday {
  readonly calls: number
  /** Set if the payload outweighs the effect of compilation. */
  readonly warmCalls?: number
  readonly goals: readonly Goal[]
  readonly others?: readonly Awaited[]
}

function everyday<I>(
  id: string,
  title: string,
  work: Work<I>,
  width: number,
  { others = peers, ...rest }: Everyday
): Row {
  return {
    id: `everyday-${id}-${width}`,
    title: `${title}, awaited × ${width.toLocaleString('en-US')}`,
    unit: 'µs',
    placement: 'unpinned',
    how: 'rounds',
    ...rest,
    contestants: () =>
      [bridgePool, ...others, ...limits].map(library => contestant(library, work, inFlight(width)))
  }
}

/** The same goal also by the clock, if the work outweighs the overhead. */
const bothWays = (toPeer: number, toBatch: number): Goal[] => [
  peer(toPeer),
  atMost(toPeer, ...peerNames),
  batch(toBatch),
  atMost(toBatch, BATCH)
]

const text = (length: number): string => `${length.toLocaleString('en-US')} characters`

export const everydayAwaitedRows: readonly Row[] = [
  everyday('number', 'a number', noop, 1, { calls: 200, warmCalls: 10_000, goals: [peer(1), bare(1.4)] }),
  everyday('number', 'a number', noop, 8, { calls: 400, goals: [peer(0.65), batch(1.2)] }),
  everyday('number', 'a number', noop, 64, {
    calls: 1280,
    goals: [peer(0.2), batch(1.6)],
    others: [...peers, ...otherPools.filter(({ name }) => !peerNames.includes(name))]
  }),
  everyday('number', 'a number', noop, 1024, { calls: 2048, goals: [] }),
  everyday('text-200', text(200), textOf(200), 64, { calls: 1280, goals: [] }),
  everyday('text-1k', text(1000), textOf(1000), 64, { calls: 640, goals: [peer(0.22), batch(1.3)] }),
  everyday('text-20k', text(20_000), textOf(20_000), 8, {
    calls: 64,
    warmCalls: 10_000,
    goals: [peer(0.65), batch(0.9)]
  }),
  everyday('text-20k', text(20_000), textOf(20_000), 64, {
    calls: 128,
    warmCalls: 10_000,
    goals: [peer(0.65), batch(0.9)]
  }),
  everyday('text-100k', text(100_000), textOf(100_000), 8, {
    calls: 48,
    warmCalls: 5000,
    goals: [peer(1), bare(0.8)]
  }),
  everyday('object-300', 'an object of 0.3 KB', objectOf(0.3 * KB), 64, {
    calls: 640,
    goals: [peer(0.45), batch(1.3)]
  }),
  everyday('object-1.4k', 'an object of 1.4 KB', objectOf(1.4 * KB), 8, {
    calls: 160,
    warmCalls: 12_000,
    goals: [peer(0.95), batch(1.4)]
  }),
  everyday('object-1.4k', 'an object of 1.4 KB', objectOf(1.4 * KB), 64, {
    calls: 256,
    warmCalls: 12_000,
    goals: [peer(0.75), batch(1.25)]
  }),
  everyday('object-12k', 'an object of 12 KB', objectOf(12 * KB), 64, {
    calls: 64,
    warmCalls: 5000,
    goals: [peer(0.95), batch(1.25)]
  }),
  everyday('bytes-64k', 'a Uint8Array of 64 KB', bytesOf(64 * KB), 8, {
    calls: 64,
    warmCalls: 5000,
    goals: [peer(1), bare(1.25)]
  }),
  everyday('bytes-1m', 'a Uint8Array of 1 MB', bytesOf(KB * KB), 8, {
    calls: 16,
    warmCalls: 64,
    goals: [peer(1.1), bare(1.1)]
  }),
  everyday('work-10us', '10 µs of work', computingBriefly, 64, {
    calls: 640,
    goals: [peer(0.6), batch(1.15)]
  }),
  everyday('work-100us', '100 µs of work', computing, 64, {
    calls: 128,
    warmCalls: 12_000,
    goals: bothWays(0.88, 1.05)
  }),
  everyday('work-1ms', '1 ms of work', computingLong, 8, {
    calls: 24,
    warmCalls: 200,
    goals: bothWays(1, 1.02)
  }),
  {
    id: 'everyday-bounded-64',
    title: 'a number with three variables, a deadline and a signal, awaited × 64',
    unit: 'µs',
    placement: 'unpinned',
    how: 'rounds',
    calls: 640,
    goals: [peer(0.35), batch(3)],
    note: 'the peers know neither context nor deadline: they make the plain call',
    contestants: () => [
      boundedBridge,
      ...[...peers, ...limits].map(library => contestant(library, noop, inFlight(64))),
      signalledPiscina
    ]
  }
]
