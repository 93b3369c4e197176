/*
 * Memory that the two ends of a stream share for integers, which then need no messages. The words:
 *
 *      WRITTEN   how many numbers were written and published, modulo 2^32
 *      WAITS     1 if the reader has found nothing and needs a message when there are more numbers
 *      …         the numbers, each at its count modulo the capacity
 *
 * The writer sets WRITTEN and then reads WAITS, the reader sets WAITS and then reads WRITTEN: at least one of them sees the
 * other's change. Numbers that were not read are not overwritten, because the credit never exceeds the capacity.
 *
 * Fractions are sent in buffers that are transferred. Writing, transferring and reading them was measured at 15 to 28 ns an
 * item with such buffers of 2,048, and at 9 to 18 ns with shared memory for doubles, both ends on one thread: a difference of
 * 4 to 10 of the 360 to 460 ns that an item takes from a thread to `for await`. Each fraction that is read is a new object
 * either way, which an integer is not, so a second kind of ring is not worth two percent.
 */

const WRITTEN = 0
const WAITS = 16
/** The two words, and the numbers, are on separate cache lines. */
const HEADER = 32

/** The memory, header and numbers. */
export type RingWords = Int32Array<SharedArrayBuffer>

/** Memory for `capacity` numbers, a power of two. The system allocates its pages as they are written. */
export function ringMemory(capacity: number): RingWords {
  return new Int32Array(new SharedArrayBuffer((HEADER + capacity) * Int32Array.BYTES_PER_ELEMENT))
}

/** Resets it for another stream. */
export function resetRing(words: RingWords): void {
  Atomics.store(words, WRITTEN, 0)
  Atomics.store(words, WAITS, 0)
}

/** Whether it is such memory, which a writer can write to. */
export function isRing(memory: unknown): memory is RingWords {
  if (!(memory instanceof Int32Array) || !(memory.buffer instanceof SharedArrayBuffer)) return false
  const capacity = memory.length - HEADER
  return capacity > 0 && (capacity & (capacity - 1)) === 0
}

/** The producer's end. */
export class RingWriter {
  readonly #words: RingWords
  readonly #mask: number
  #written = 0

  constructor(words: RingWords) {
    this.#words = words
    this.#mask = words.length - HEADER - 1
  }

  /** Writes an item if it is a 32-bit integer; returns whether it was. */
  write(item: unknown): boolean {
    if (typeof item !== 'number') return false
    const words = this.#words
    const at = HEADER + (this.#written & this.#mask)
    words[at] = item
    if (!Object.is(words[at], item)) return false
    this.#written = (this.#written + 1) | 0
    return true
  }

  /** Publishes what was written; returns whether the reader waits for a message. */
  publish(): boolean {
    Atomics.store(this.#words, WRITTEN, this.#written)
    return Atomics.load(this.#words, WAITS) === 1 && Atomics.exchange(this.#words, WAITS, 0) === 1
  }
}

/** The consumer's end. */
export class RingReader {
  /** The memory; the numbers are at the positions that `take` returns. */
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

  /** Takes the numbers that can be read in one piece; returns their start and end. If there are none, requests a message from the writer. */
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

  /** Skips what was written so far; returns how many numbers that were. */
  skip(): number {
    const { ahead } = this
    this.#read = (this.#read + ahead) | 0
    return ahead
  }
}
