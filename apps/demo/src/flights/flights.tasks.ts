// Runs in the workers: plain functions over SQLite, whose API is synchronous. The only import of bridge is the context, for
// the request's id.
import { threadId } from 'node:worker_threads'
import { requestContext } from '@bridge/context'
import type Libsql from 'libsql'
import { type Flight, loadData, openData } from './data.js'
import { type Summary, summarize } from './statistics.js'
import { MADE, OVER } from './stream-words.js'

/** The delays, in minutes, of the flights of one hour, or of one band of distance. */
export interface Delays extends Summary {
  /** The hour of departure, or the shortest distance of the band in miles. */
  readonly group: number
  readonly flights: number
}

const GROUPS = { hour: 'cast(time as integer)', distance: 'distance / 500 * 500' }

// Each thread has its own connection, and keeps it.
let connection: Libsql.Database | undefined
const database = (): Libsql.Database => (connection ??= openData())

const streams = { opened: 0, closed: 0 }

/** Loads the data; yields the progress. */
export function* load(): Generator<{ done: number; total: number }> {
  yield* loadData()
}

// #region shown: the task
/** The delays by hour of departure or by distance: some hundred milliseconds of CPU-heavy work. */
export function delays(by: keyof typeof GROUPS): Delays[] {
  const rows = database()
    .prepare(`select ${GROUPS[by]} as "group", delay from flights order by 1, delay`)
    .raw()
    .all() as [group: number, delay: number][]
  const groups = new Map<number, number[]>()
  for (const [group, delay] of rows) {
    const known = groups.get(group)
    if (known === undefined) groups.set(group, [delay])
    else known.push(delay)
  }
  return [...groups].map(([group, sorted]) => ({ group, flights: sorted.length, ...summarize(sorted) }))
}
// #endregion

/** All flights with at least this delay in minutes, row by row; each row is counted in `notes` if given. */
export function* flights(minDelay: number, notes?: Int32Array): Generator<Flight> {
  streams.opened++
  try {
    const rows = database()
      .prepare('select delay, distance, time from flights where delay >= ?')
      .iterate(minDelay)
    for (const row of rows) {
      if (notes !== undefined) Atomics.add(notes, MADE, 1)
      yield row as Flight
    }
  } finally {
    streams.closed++
    if (notes !== undefined) Atomics.store(notes, OVER, 1)
  }
}

/** The request, as seen by this thread, and the thread. */
export function whoami(): {
  request: string | undefined
  thread: number
  streams: { opened: number; closed: number }
} {
  return { request: requestContext.get()?.id, thread: threadId, streams }
}
