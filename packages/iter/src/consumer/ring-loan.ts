import { RingReader, type RingWords, resetRing, ringMemory } from '../protocol/number-ring.js'

/** How many streams of a thread have shared memory at a time: with more streams, none of them is fast. */
const MAX_LOANS = 16

// Reused, because the garbage collector does not count shared memory, which would pile up.
const free: RingWords[] = []
let lent = 0

/** The memory that a consumer lends to its producer, once, from when the consumer is fast until the stream has ended. */
export class RingLoan {
  /** Reads the numbers; set once memory was lent. */
  ring: RingReader | undefined
  readonly #capacity: number
  #hasEnded = false

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** The memory to lend; `undefined` if it was lent already, or enough streams have some. */
  lend(): RingWords | undefined {
    if (this.ring !== undefined || lent >= MAX_LOANS) return undefined
    lent++
    const words = free.pop() ?? ringMemory(this.#capacity)
    this.ring = new RingReader(words)
    return words
  }

  /** To be called when the stream has ended; `isOver` if the producer has confirmed it, and writes no more. */
  end(isOver: boolean): void {
    if (this.ring === undefined) return
    lent--
    this.#hasEnded = isOver
  }

  /** To be called when nothing is read any more: if nothing is written either, another stream may use the memory. */
  release(): void {
    const { ring } = this
    if (ring === undefined || !this.#hasEnded) return
    // Only once: two streams must never share the memory.
    this.ring = undefined
    resetRing(ring.words)
    if (free.length < MAX_LOANS) free.push(ring.words)
  }
}
