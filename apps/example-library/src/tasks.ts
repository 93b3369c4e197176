import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { NAMES } from './constants.js'
import { NoteNotFoundError } from './errors.js'

// Exports that can be loaded on any thread are in separate modules.
export { NAMES } from './constants.js'
export { NoteNotFoundError } from './errors.js'

/** A note, with the user's data. */
export interface Note<T = unknown> {
  readonly name: string
  readonly data: T
}

/** Options for listing notes. */
export interface ListOptions {
  /** The maximum number of notes. */
  readonly limit?: number
}

/** The version of the format in which notes are stored. */
export const FORMAT = 1

/**
 * Reads one note of a folder.
 *
 * @param folder where the notes are
 * @throws NoteNotFoundError when there is no note of that name
 */
export async function readNote<T = unknown>(folder: string, name: string): Promise<Note<T>> {
  try {
    return { name, data: JSON.parse(await readFile(fileOf(folder, name), 'utf8')) }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new NoteNotFoundError(name)
    throw error
  }
}

/** Counts the notes of a folder. */
export function count(folder: string): Promise<number>
/** Counts the notes of several folders, each separately. */
export function count(folders: readonly string[]): Promise<number[]>
export async function count(folders: string | readonly string[]): Promise<number | number[]> {
  if (typeof folders === 'string') return (await namesIn(folders)).length
  return Promise.all(folders.map(async folder => (await namesIn(folder)).length))
}

/** The notes of a folder, one after the other. */
export async function* notes<T = unknown>(
  folder: string,
  { limit = Number.POSITIVE_INFINITY }: ListOptions = {}
): AsyncGenerator<Note<T>, void, undefined> {
  for (const name of (await namesIn(folder)).slice(0, limit)) yield await readNote<T>(folder, name)
}

/** A folder of notes whose data has one type. */
export class Notebook<T extends object = object> {
  readonly folder: string
  #writes = 0

  /** Opens a folder, after checking that it is one. */
  static async open<T extends object = object>(folder: string): Promise<Notebook<T>> {
    await namesIn(folder)
    return new Notebook<T>(folder)
  }

  constructor(folder: string) {
    this.folder = folder
  }

  /** How many notes were written. */
  get writes(): number {
    return this.#writes
  }

  /** Writes a note. */
  async write(name: string, data: T): Promise<this> {
    await writeFile(fileOf(this.folder, name), JSON.stringify(data))
    this.#writes++
    return this
  }

  /** Reads a note. */
  read(name: string): Promise<Note<T>> {
    return readNote<T>(this.folder, name)
  }

  /** Removes a note. */
  async remove(name: string): Promise<void> {
    await rm(fileOf(this.folder, name), { force: true })
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Note<T>, void, undefined> {
    yield* notes<T>(this.folder)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#writes = 0
  }
}

/** Copies the notes of a notebook into another one. */
export async function copy<T extends object>(
  from: Notebook<T>,
  { to }: { to: Notebook<T> }
): Promise<number> {
  let copied = 0
  for await (const { name, data } of from) {
    await to.write(name, data)
    copied++
  }
  return copied
}

function fileOf(folder: string, name: string): string {
  if (!NAMES.test(name)) throw new TypeError(`no name for a note: ${name}`)
  return join(folder, `${name}.json`)
}

async function namesIn(folder: string): Promise<string[]> {
  const files = await readdir(folder)
  return files
    .filter(file => file.endsWith('.json'))
    .map(file => file.slice(0, -'.json'.length))
    .sort()
}
