// An asynchronous library behind plain functions: Postgres in WebAssembly, in the memory of this thread.
import { PGlite } from '@electric-sql/pglite'
import { type Flight, readFlights } from '../flights/data.js'

/** A row of the report: a band of distance, and the delays of its flights. */
export interface Row {
  readonly miles: string
  readonly flights: number
  readonly mean: number
  readonly median: number
  readonly late: string
}

const BATCH = 4000

let connection: Promise<PGlite> | undefined
const postgres = (): Promise<PGlite> => (connection ??= PGlite.create())

/** Inserts every n-th flight into a table; returns the number of rows. */
export async function load(every: number): Promise<number> {
  const database = await postgres()
  await database.exec('create table flights (delay int, distance int, hour int)')
  const sample = readFlights().filter((_, index) => index % every === 0)
  for (let start = 0; start < sample.length; start += BATCH)
    await insert(database, sample.slice(start, start + BATCH))
  return sample.length
}

/** The delays by distance, of the flights that `load` has inserted. */
export async function delaysByDistance(): Promise<Row[]> {
  const database = await postgres()
  const { rows } = await database.query<Row>(`
    select distance / 500 * 500 || ' – ' || distance / 500 * 500 + 499 as miles,
           count(*)::int as flights,
           round(avg(delay), 1)::float as mean,
           percentile_cont(0.5) within group (order by delay) as median,
           round(100.0 * count(*) filter (where delay >= 60) / count(*), 1) || ' %' as late
    from flights group by distance / 500 order by distance / 500`)
  return rows
}

/** The version of Postgres. */
export async function version(): Promise<string> {
  const { rows } = await (await postgres()).query<{ version: string }>('select version()')
  return rows[0]?.version.split(' on ')[0] ?? 'unknown'
}

/** Closes the connection. */
export async function close(): Promise<void> {
  await (await connection)?.close()
  connection = undefined
}

async function insert(database: PGlite, flights: readonly Flight[]): Promise<void> {
  await database.query('insert into flights select * from unnest($1::int[], $2::int[], $3::int[])', [
    flights.map(flight => flight.delay),
    flights.map(flight => flight.distance),
    flights.map(flight => Math.floor(flight.time))
  ])
}
