import { Injectable } from '@nestjs/common'
import { MADE, OVER } from './stream-words.js'

/** How many streams are remembered. */
const REMEMBERED = 100

/** What the streams of flights have noted, by the id of their requests; in memory that the threads share. */
@Injectable()
export class StreamNotes {
  readonly #notes = new Map<string, Int32Array>()

  /** Where a new stream notes. */
  open(id: string): Int32Array {
    const notes = new Int32Array(new SharedArrayBuffer(8))
    this.#notes.delete(id)
    this.#notes.set(id, notes)
    const [oldest] = this.#notes.keys()
    if (this.#notes.size > REMEMBERED && oldest !== undefined) this.#notes.delete(oldest)
    return notes
  }

  look(id: string): { made: number; isOver: boolean } | undefined {
    const notes = this.#notes.get(id)
    return notes && { made: Atomics.load(notes, MADE), isOver: Atomics.load(notes, OVER) === 1 }
  }
}
