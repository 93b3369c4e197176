import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import Libsql from 'libsql'

/** One flight of the data set: the delay in minutes, the distance in miles, the hour of departure. */
export interface Flight {
  readonly delay: number
  readonly distance: number
  readonly time: number
}

const BATCH = 20_000
// The package exports only its code; its data is beside that.
const dataSet = join(dirname(createRequire(import.meta.url).resolve('vega-datasets')), '..')

/** Names the data's folder for the threads, which get the environment of the process when they start. */
const FOLDER = 'FLIGHTS_FOLDER'

/** Makes a folder for the data that only this process uses. */
export function makeDataFolder(): void {
  process.env[FOLDER] = mkdtempSync(join(tmpdir(), 'bridge-flights-'))
}

/** Removes it. */
export function removeDataFolder(): void {
  const folder = process.env[FOLDER]
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
}

const dataFile = (): string => join(process.env[FOLDER] ?? tmpdir(), 'flights.db')

/** Loads the data set into the file, and yields the number of loaded and of all rows. */
export function* loadData(): Generator<{ done: number; total: number }> {
  const flights = readFlights()
  const database = new Libsql(dataFile())
  try {
    yield* fill(database, flights)
  } finally {
    database.close()
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

/** All flights, from the package of the data set. */
export function readFlights(): Flight[] {
  return JSON.parse(readFileSync(join(dataSet, 'data/flights-200k.json'), 'utf8')) as Flight[]
}

/** A connection to the loaded data, for reading. */
export function openData(): Libsql.Database {
  return new Libsql(dataFile(), { readonly: true })
}
