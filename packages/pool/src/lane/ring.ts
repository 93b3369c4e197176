import { type FlatMemory, readFlat, roomForFlat, writeFlat } from './flat-values.js'

/** How many bytes of entries a ring holds. */
const CAPACITY = 256 * 1024

/** So many bytes are used again and again where entries are small. */
const PAGES = 64 * 1024

/** The most bytes of text in one entry: what is larger is better sent as a message. */
export const MOST_TEXT = 32 * 1024

/** The words before the entries: where the reader is, and where the writer is. */
const READ = 0
const WRITTEN = 1
const HEAD = 8

/** The words of an entry, before its text. */
const ID = 0
const TAG = 1
const LENGTH = 2
const FORM = 3
const NUMBER = 2
const ENTRY = 24

/** What FORM says of text; of flat values it says one more than their number. Above that stands the context. */
const IS_TEXT = 0
const FORM_BITS = 8
const FORM_MASK = (1 << FORM_BITS) - 1

/** How many bytes of shared memory one ring takes. */
export const RING_BYTES = HEAD + CAPACITY

/** What an entry holds. */
export interface Entry {
  /** The call's; never 0. */
  readonly id: number
  /** Three numbers that mean what the two sides agree on, the last one small and not negative. */
  readonly tag: number
  readonly number: number
  readonly context: number
  /** The flat values that were put in. */
  readonly values: readonly unknown[] | undefined
  /** Or else the text that was. */
  readonly text: string
}

/**
 * A queue of small messages in shared memory, with one writer and one reader on two threads:
 *
 *      bytes   0      4                8
 *              read   written          entries, each at a multiple of 8, the last one followed by the first:
 *
 *                          bytes   0    4     8        12     16       24
 *                                  id   tag   length   form   number   text in UTF-8, or values (flat-values.ts)
 *
 * An entry lies in one piece; an id of 0 says that what follows is at the beginning. The writer moves `written` when
 * an entry is whole, the reader moves `read` when it has taken one; the ring is empty where the two are equal.
 */
export class Ring {
  readonly #words: Int32Array<SharedArrayBuffer>
  readonly #memory: FlatMemory

  constructor(memory: SharedArrayBuffer, index: number) {
    const start = index * RING_BYTES
    this.#words = new Int32Array(memory, start, HEAD / 4)
    this.#memory = {
      words: new Int32Array(memory, start + HEAD, CAPACITY / 4),
      numbers: new Float64Array(memory, start + HEAD, CAPACITY / 8),
      bytes: Buffer.from(memory, start + HEAD, CAPACITY)
    }
  }

  get isEmpty(): boolean {
    return Atomics.load(this.#words, READ) === Atomics.load(this.#words, WRITTEN)
  }

  /** Writes an entry of values that are flat; `false` when they are not, or there is no room for it. */
  putValues(id: number, tag: number, number: number, values: readonly unknown[], context = 0): boolean {
    const most = roomForFlat(values)
    if (most === undefined) return false
    const at = this.#roomFor(after(0, most))
    if (at === undefined) return false
    const form = (context << FORM_BITS) | (values.length + 1)
    this.#finish(id, tag, number, at, writeFlat(this.#memory, at + ENTRY, values), form)
    return true
  }

  /** Writes an entry of text; `false` when there is no room for it. */
  put(id: number, tag: number, number: number, text: string, context = 0): boolean {
    // A unit of UTF-16 takes three bytes at most.
    const most = text.length * 3 <= MOST_TEXT ? text.length * 3 : Buffer.byteLength(text)
    if (most > MOST_TEXT) return false
    // Rounded as the next entry's place will be: a ring that is full to the last byte would look empty.
    const at = this.#roomFor(after(0, most))
    if (at === undefined) return false
    this.#finish(
      id,
      tag,
      number,
      at,
      this.#memory.bytes.write(text, at + ENTRY),
      (context << FORM_BITS) | IS_TEXT
    )
    return true
  }

  #finish(id: number, tag: number, number: number, at: number, length: number, form: number): void {
    const { words, numbers } = this.#memory
    const word = at / 4
    words[word + ID] = id
    words[word + TAG] = tag
    words[word + LENGTH] = length
    words[word + FORM] = form
    numbers[at / 8 + NUMBER] = number
    Atomics.store(this.#words, WRITTEN, after(at, length))
  }

  /** Takes the oldest entry out; `undefined` when there is none. */
  take(): Entry | undefined {
    if (this.isEmpty) return undefined
    let at = Atomics.load(this.#words, READ)
    const { words, numbers, bytes } = this.#memory
    if (at === CAPACITY || words[at / 4 + ID] === 0) at = 0
    const word = at / 4
    const length = words[word + LENGTH] as number
    const form = (words[word + FORM] as number) & FORM_MASK
    const entry = {
      id: words[word + ID] as number,
      tag: words[word + TAG] as number,
      number: numbers[at / 8 + NUMBER] as number,
      context: (words[word + FORM] as number) >> FORM_BITS,
      values: form === IS_TEXT ? undefined : readFlat(this.#memory, at + ENTRY, form - 1),
      text: form === IS_TEXT ? bytes.toString('utf8', at + ENTRY, at + ENTRY + length) : ''
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
