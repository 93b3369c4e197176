import type { FlatMemory } from './flat-format.js'
import { FlatReader } from './flat-reader.js'
import type { FlatWriter } from './flat-writer.js'

/** How many bytes of entries a ring holds. */
const CAPACITY = 1024 * 1024

/** This many bytes are used again and again while entries are small. */
const PAGES = 64 * 1024

/** The words before the entries: the positions of the reader and of the writer. */
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
  /** The id of the call; never 0. */
  readonly id: number
  /** Three numbers whose meaning the two threads agree on. */
  readonly tag: number
  readonly number: number
  readonly context: number
  /** The values that were written. */
  readonly values: readonly unknown[]
  /** Or why they can't be read: the reader's stack has almost no room left. */
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
 * An entry is contiguous; an id of 0 means that the next entry is at the beginning. The writer advances `written` when
 * an entry is complete, the reader advances `read` when it has taken one; the ring is empty when the two are equal.
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

  /** Adds an entry with the written values; `false` when there is no room for it. */
  put(id: number, tag: number, number: number, written: FlatWriter, context = 0): boolean {
    // Rounded like the position of the next entry: a ring that is full to the last byte would look empty.
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

  /** Removes the oldest entry; `undefined` when there is none. */
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

  /** The position of so many free contiguous bytes; the writer must not catch up with the reader. */
  #roomFor(bytes: number): number | undefined {
    const read = Atomics.load(this.#words, READ)
    const written = Atomics.load(this.#words, WRITTEN)
    if (written < read) return written + bytes < read ? written : undefined
    // An empty ring starts again at its beginning, so that small entries use few pages of memory. Until the reader has
    // followed, there is no more room than before at the current position.
    if (written === read && read > PAGES && bytes < read) return this.#begin(written)
    if (written + bytes <= CAPACITY) return written
    if (bytes >= read) return undefined
    return this.#begin(written)
  }

  /** The beginning, where the entry after the one that ends at `written` goes. */
  #begin(written: number): number {
    // The reader reads this word, if it exists, only after `written` has moved.
    if (written < CAPACITY) this.#memory.words[written / 4 + ID] = 0
    return 0
  }
}

function after(at: number, length: number): number {
  return at + ENTRY + Math.ceil(length / 8) * 8
}
