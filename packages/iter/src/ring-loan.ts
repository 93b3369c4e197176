import { RingReader, type RingWords, resetRing, ringMemory } from './number-ring.js'

/** So many streams of a thread have memory for their numbers at a time: where there are more, none of them is fast. */
const MOST = 16

// Used again and again: the garbage collector does not count memory that threads share, and it would pile up.
const free: RingWords[] = []
let lent = 0

/** The memory that a consumer lends to its producer, once, from when it is fast until the stream has ended. */
export class RingLoan {
  /** Where the numbers are read, once it was lent. */
  ring: RingReader | undefined
  readonly #capacity: number
  #hasEnded = false

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** What to lend; `undefined` where it was lent already, or there are enough that have some. */
  lend(): RingWords | undefined {
    if (this.ring !== undefined || lent >= MOST) return undefined
    lent++
    const words = free.pop() ?? ringMemory(this.#capacity)
    this.ring = new RingReader(words)
    return words
  }

  /** The stream has ended; `isOver` where the producer has said so, and writes no more. */
  end(isOver: boolean): void {
    if (this.ring === undefined) return
    lent--
    this.#hasEnded = isOver
  }

  /** Nothing is read any more: where nothing is written either, another stream may have the memory. */
  leave(): void {
    const { ring } = this
    if (ring === undefined || !this.#hasEnded) return
    // Once: two streams must never write to one.
    this.ring = undefined
    resetRing(ring.words)
    if (free.length < MOST) free.push(ring.words)
  }
}
