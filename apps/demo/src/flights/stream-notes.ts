import { Injectable } from '@nestjs/common'
import { MADE, OVER } from './stream-words.js'

/** How many streams are kept. */
const REMEMBERED = 100

/** Counts the rows of a stream that cannot count by itself. */
export async function* counted<T>(rows: AsyncIterable<T>, notes: Int32Array): AsyncGenerator<T> {
  try {
    for await (const row of rows) {
      Atomics.add(notes, MADE, 1)
      yield row
    }
  } finally {
    Atomics.store(notes, OVER, 1)
  }
}

/** The progress of the streams of flights, by the ids of their requests, in memory that the threads share. */
@Injectable()
export class StreamNotes {
  readonly #notes = new Map<string, Int32Array>()

  /** The memory for the progress of a new stream. */
  open(id: string): Int32Array {
    const notes = new Int32Array(new SharedArrayBuffer(8))
    this.#notes.delete(id)
    this.#notes.set(id, notes)
    const [oldest] = this.#notes.keys()
    if (this.#notes.size > REMEMBERED && oldest !== undefined) this.#notes.delete(oldest)
    return notes
  }

  progressOf(id: string): { made: number; isOver: boolean } | undefined {
    const notes = this.#notes.get(id)
    return notes && { made: Atomics.load(notes, MADE), isOver: Atomics.load(notes, OVER) === 1 }
  }
}
