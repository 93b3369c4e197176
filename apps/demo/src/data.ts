import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import Libsql from 'libsql'

/** One flight, as it is in the data set: the delay in minutes, the distance in miles, the hour of departure. */
export interface Flight {
  readonly delay: number
  readonly distance: number
  readonly time: number
}

const BATCH = 20_000
// The package exports its code only; its data and its version lie beside that.
const dataSet = join(dirname(createRequire(import.meta.url).resolve('vega-datasets')), '..')

/** The data file, the same at every start: its folder names the version of the data and of its layout. */
function dataFile(): string {
  const { version } = JSON.parse(readFileSync(join(dataSet, 'package.json'), 'utf8')) as { version: string }
  return join(tmpdir(), `bridge-demo-flights-${version}-1`, 'flights.db')
}

/**
 * Loads the data set into the file unless it is there, and yields how many rows are in, out of how many. Loaded
 * under another name and then renamed, so that nobody finds a file whose loading was interrupted.
 */
export function* loadData(): Generator<{ done: number; total: number }> {
  const file = dataFile()
  if (existsSync(file)) return
  mkdirSync(dirname(file), { recursive: true })
  const unfinished = `${file}.${process.pid}`
  const flights = readFlights()
  const database = new Libsql(unfinished)
  try {
    yield* fill(database, flights)
    database.close()
    renameSync(unfinished, file)
  } finally {
    if (database.open) database.close()
    rmSync(unfinished, { force: true })
  }
}

function* fill(
  database: Libsql.Database,
  flights: readonly Flight[]
): Generator<{ done: number; total: number }> {
  database.exec('create table flights (delay integer, distance integer, time real)')
  const insert = database.prepare('insert into flights (delay, distance, time) values (?, ?, ?)')
  for (let done = 0; done < flights.length; done += BATCH) {
    database.exec('begin')
    for (const { delay, distance, time } of flights.slice(done, done + BATCH))
      insert.run(delay, distance, time)
    database.exec('commit')
    yield { done: Math.min(done + BATCH, flights.length), total: flights.length }
  }
}

/** All flights, from the package that has them. */
export function readFlights(): Flight[] {
  return JSON.parse(readFileSync(join(dataSet, 'data/flights-200k.json'), 'utf8')) as Flight[]
}

/** A connection to the loaded data, for reading. */
export function openData(): Libsql.Database {
  return new Libsql(dataFile(), { readonly: true })
}
