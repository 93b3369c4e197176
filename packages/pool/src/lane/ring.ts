import type { FlatMemory } from './flat-format.js'
import { FlatReader } from './flat-reader.js'
import type { FlatWriter } from './flat-writer.js'

/** How many bytes of entries a ring holds. */
const CAPACITY = 1024 * 1024

/** So many bytes are used again and again where entries are small. */
const PAGES = 64 * 1024

/** The words before the entries: where the reader is, and where the writer is. */
const READ = 0
const WRITTEN = 1
const HEAD = 8

/** The words of an entry, before its values. */
const ID = 0
const TAG = 1
const LENGTH = 2
const CONTEXT = 3
const NUMBER = 2
const ENTRY = 24

/** How many bytes of shared memory one ring takes. */
export const RING_BYTES = HEAD + CAPACITY

/** What an entry holds. */
export interface Entry {
  /** The call's; never 0. */
  readonly id: number
  /** Three numbers that mean what the two sides agree on. */
  readonly tag: number
  readonly number: number
  readonly context: number
  /** The values that were put in. */
  readonly values: readonly unknown[]
  /** Or else why they can't be read: the reader has next to no stack left. */
  readonly unread: string | undefined
}

/**
 * A queue of small messages in shared memory, with one writer and one reader on two threads:
 *
 *      bytes   0      4                8
 *              read   written          entries, each at a multiple of 8, the last one followed by the first:
 *
 *                          bytes   0    4     8        12        16       24
 *                                  id   tag   length   context   number   values (flat-format.ts)
 *
 * An entry lies in one piece; an id of 0 says that what follows is at the beginning. The writer moves `written` when
 * an entry is whole, the reader moves `read` when it has taken one; the ring is empty where the two are equal.
 */
export class Ring {
  readonly #words: Int32Array<SharedArrayBuffer>
  readonly #memory: FlatMemory
  readonly #reader: FlatReader

  constructor(memory: SharedArrayBuffer, index: number) {
    const start = index * RING_BYTES
    this.#words = new Int32Array(memory, start, HEAD / 4)
    this.#memory = {
      words: new Int32Array(memory, start + HEAD, CAPACITY / 4),
      numbers: new Float64Array(memory, start + HEAD, CAPACITY / 8),
      bytes: Buffer.from(memory, start + HEAD, CAPACITY)
    }
    this.#reader = new FlatReader(this.#memory)
  }

  get isEmpty(): boolean {
    return Atomics.load(this.#words, READ) === Atomics.load(this.#words, WRITTEN)
  }

  /** Puts an entry in, with what was written; `false` when there is no room for it. */
  put(id: number, tag: number, number: number, written: FlatWriter, context = 0): boolean {
    // Rounded as the next entry's place will be: a ring that is full to the last byte would look empty.
    const at = this.#roomFor(after(0, written.room))
    if (at === undefined) return false
    const { words, numbers } = this.#memory
    const word = at / 4
    words[word + ID] = id
    words[word + TAG] = tag
    const length = written.copyTo(this.#memory, at + ENTRY)
    words[word + LENGTH] = length
    words[word + CONTEXT] = context
    numbers[at / 8 + NUMBER] = number
    Atomics.store(this.#words, WRITTEN, after(at, length))
    return true
  }

  /** Takes the oldest entry out; `undefined` when there is none. */
  take(): Entry | undefined {
    if (this.isEmpty) return undefined
    let at = Atomics.load(this.#words, READ)
    const { words, numbers } = this.#memory
    if (at === CAPACITY || words[at / 4 + ID] === 0) at = 0
    const word = at / 4
    const length = words[word + LENGTH] as number
    let values: readonly unknown[] = []
    let unread: string | undefined
    try {
      values = this.#reader.read(at + ENTRY)
    } catch (error) {
      unread = (error as Error).message
    }
    const entry = {
      id: words[word + ID] as number,
      tag: words[word + TAG] as number,
      number: numbers[at / 8 + NUMBER] as number,
      context: words[word + CONTEXT] as number,
      values,
      unread
    }
    Atomics.store(this.#words, READ, after(at, length))
    return entry
  }

  /** Where so many bytes are free in one piece; the writer must not catch up with the reader. */
  #roomFor(bytes: number): number | undefined {
    const read = Atomics.load(this.#words, READ)
    const written = Atomics.load(this.#words, WRITTEN)
    if (written < read) return written + bytes < read ? written : undefined
    // What is empty begins again at its beginning, so that small entries keep to few pages of memory. Until the reader
    // has followed, there is no more room than before where it is.
    if (written === read && read > PAGES && bytes < read) return this.#begin(written)
    if (written + bytes <= CAPACITY) return written
    if (bytes >= read) return undefined
    return this.#begin(written)
  }

  /** The beginning, where the entry after the one that ends at `written` comes. */
  #begin(written: number): number {
    // The reader looks at this word, where there is one, only once `written` has moved.
    if (written < CAPACITY) this.#memory.words[written / 4 + ID] = 0
    return 0
  }
}

function after(at: number, length: number): number {
  return at + ENTRY + Math.ceil(length / 8) * 8
}
