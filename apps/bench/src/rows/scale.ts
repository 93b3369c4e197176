import { blocking, contestant, inFlight, type Library } from '../harness/work.js'
import { bridgePool, otherPools, piscina } from '../libraries/awaited.js'
import { bridgePoolSync, synckit } from '../libraries/blocking.js'
import { rawMessages } from '../libraries/raw.js'
import { localStreams, openStreams } from './openings.js'
import type { Row } from './row.js'
import { bytesOf, noop } from './works.js'

const common = { unit: 'µs', placement: 'unpinned', how: 'rounds', goals: [] } as const
const KB = 1024
const MB = KB * KB

/** Renamed, because two ways of calling one library share a chart. */
const named = <R>(name: string, library: Library<R>): Library<R> => ({ ...library, name })

function inFlightPoint(x: number): Row {
  return {
    ...common,
    id: `scale-in-flight-${x}`,
    title: `${x} in flight`,
    calls: Math.max(128, x),
    scale: { series: 'no-op calls in flight, µs a call', x, fullOnly: false },
    contestants: () =>
      [bridgePool, piscina('async'), ...otherPools, rawMessages].map(library =>
        contestant(library, noop, inFlight(x))
      )
  }
}

function payloadPoint(x: number): Row {
  const work = bytesOf(x)
  const blockingOnes = [named('bridge pool, blocking', bridgePoolSync), named('synckit, blocking', synckit)]
  return {
    ...common,
    id: `scale-payload-${x}`,
    title: `${x} bytes there and back`,
    // For the largest sizes each contestant has its own process, so that one that takes too long does not affect others.
    ...(x > 8 * MB ? ({ how: 'processes', warmUp: 'short' } as const) : {}),
    calls: x < MB ? 30 : 4,
    scale: { series: 'bytes there and back, µs a call', x, fullOnly: x > 8 * MB },
    contestants: () => [
      ...[bridgePool, piscina('async'), rawMessages].map(library => contestant(library, work, inFlight(1))),
      ...blockingOnes.map(library => contestant(library, work, blocking))
    ]
  }
}

const QUEUED_IN_QUICK = 10_000
const MANY = 10_000

function queuePoint(x: number): Row {
  return {
    ...common,
    id: `scale-queued-${x}`,
    title: `${x} calls queued at once`,
    // Each contestant has its own process, so that the memory and the time of so many calls do not affect others.
    ...(x >= MANY ? ({ how: 'processes', warmUp: 'short' } as const) : {}),
    calls: x,
    scale: { series: 'calls queued at once, µs a call', x, fullOnly: x > QUEUED_IN_QUICK },
    contestants: () =>
      [bridgePool, piscina('async'), rawMessages].map(library => contestant(library, noop, inFlight(x)))
  }
}

function streamPoint(x: number): Row {
  return {
    ...common,
    id: `scale-streams-${x}`,
    title: `${x} streams at once`,
    calls: x,
    scale: { series: 'streams open at once, µs a stream of ten', x, fullOnly: x > 1000 },
    contestants: () => [openStreams(), localStreams()]
  }
}

export const scaleRows: readonly Row[] = [
  ...[1, 2, 4, 8, 32, 128, 1024].map(inFlightPoint),
  ...[1, KB, 64 * KB, MB, 8 * MB, 64 * MB].map(payloadPoint),
  ...[1, 10, 100, 1000, 10_000].map(streamPoint),
  ...[1, 100, 10_000, 100_000, 1_000_000].map(queuePoint)
]
