/*
 * Memory that the two ends of a stream share for whole numbers, which need no message then. The words:
 *
 *      WRITTEN   how many numbers were written and told, modulo 2^32
 *      WAITS     1 where the reader has found nothing and is to be told by a message of what comes next
 *      …         the numbers, each at its count modulo their capacity
 *
 * The writer sets WRITTEN and then looks at WAITS, the reader sets WAITS and then looks at WRITTEN: one of them sees what
 * the other has done. Nothing is overwritten that was not read: the credit lasts for no more than the capacity.
 *
 * Fractions go by buffers that are moved. Writing, handing over and reading them was measured at 15 to 28 ns an item by
 * such buffers of 2,048, and at 9 to 18 by memory for doubles that is shared, both ends on one thread: 4 to 10 of the
 * 360 to 460 ns that an item takes from a thread to `for await`. What is read is a new object either way, as a whole
 * number is not, and a second kind of ring is not worth two in a hundred.
 */

const WRITTEN = 0
const WAITS = 16
/** The two words are a cache line apart, and so are the numbers. */
const HEADER = 32

/** The memory, header and numbers. */
export type RingWords = Int32Array<SharedArrayBuffer>

/** Memory for `capacity` numbers, a power of two. The system gives it as it is written to. */
export function ringMemory(capacity: number): RingWords {
  return new Int32Array(new SharedArrayBuffer((HEADER + capacity) * Int32Array.BYTES_PER_ELEMENT))
}

/** Makes it as it was at first, for another stream. */
export function resetRing(words: RingWords): void {
  Atomics.store(words, WRITTEN, 0)
  Atomics.store(words, WAITS, 0)
}

/** Whether it is such memory: what is lent must hold what a writer writes. */
export function isRing(memory: unknown): memory is RingWords {
  if (!(memory instanceof Int32Array) || !(memory.buffer instanceof SharedArrayBuffer)) return false
  const capacity = memory.length - HEADER
  return capacity > 0 && (capacity & (capacity - 1)) === 0
}

/** The end of the producer. */
export class RingWriter {
  readonly #words: RingWords
  readonly #mask: number
  #written = 0

  constructor(words: RingWords) {
    this.#words = words
    this.#mask = words.length - HEADER - 1
  }

  /** Writes an item that is a whole number of 32 bits; whether it was one. */
  write(item: unknown): boolean {
    if (typeof item !== 'number') return false
    const words = this.#words
    const at = HEADER + (this.#written & this.#mask)
    words[at] = item
    if (!Object.is(words[at], item)) return false
    this.#written = (this.#written + 1) | 0
    return true
  }

  /** Lets the reader have what was written; whether it waits to be told. */
  publish(): boolean {
    Atomics.store(this.#words, WRITTEN, this.#written)
    return Atomics.load(this.#words, WAITS) === 1 && Atomics.exchange(this.#words, WAITS, 0) === 1
  }
}

/** The end of the consumer. */
export class RingReader {
  /** The numbers, in the places that `start` tells. */
  readonly words: RingWords
  readonly #capacity: number
  #read = 0

  constructor(words: RingWords) {
    this.words = words
    this.#capacity = words.length - HEADER
  }

  /** How many numbers may be read. */
  get ahead(): number {
    return (Atomics.load(this.words, WRITTEN) - this.#read) | 0
  }

  /** Takes what may be read in one piece: where it starts and ends. Where it is nothing, the writer is asked to tell. */
  take(): readonly [start: number, end: number] {
    let { ahead } = this
    if (ahead === 0) {
      Atomics.store(this.words, WAITS, 1)
      ahead = this.ahead
    }
    const at = this.#read & (this.#capacity - 1)
    const count = Math.min(ahead, this.#capacity - at)
    this.#read = (this.#read + count) | 0
    return [HEADER + at, HEADER + at + count]
  }

  /** Forgets what was written so far; gives how many numbers that were. */
  skip(): number {
    const { ahead } = this
    this.#read = (this.#read + ahead) | 0
    return ahead
  }
}
