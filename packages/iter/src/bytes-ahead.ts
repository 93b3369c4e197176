/** So many bytes that were sent and not taken hold a producer back, whatever its credit … */
const MOST = 1024 * 1024

/** … and so few never do, so that each stream goes on, however many there are. */
const LEAST = 64 * 1024

/** What all producers of this thread may be ahead together, beyond the least of each. */
const TOGETHER = 16 * MOST

let together = 0

/**
 * The bytes that a producer has sent and that its consumer has not taken. They are memory of the two threads; sixteen
 * streams may have as much as makes them fast, and thousands with slow readers must not have it each.
 */
export class BytesAhead {
  #bytes = 0

  /** Whether more must wait until the consumer has taken some. */
  get isFull(): boolean {
    return this.#bytes >= MOST || this.isHeld
  }

  /** Whether that is because of the others: the consumer, which tells of many bytes together, has to know. */
  get isHeld(): boolean {
    return this.#bytes >= LEAST && together >= TOGETHER
  }

  /** So many more were sent. */
  send(bytes: number): void {
    this.#bytes += bytes
    together += bytes
  }

  /** So many were taken, or will never be; whether as many were sent. */
  take(bytes: number): boolean {
    const taken = Math.min(bytes, this.#bytes)
    // Never more than there are: the others would be let further ahead for it.
    this.send(-taken)
    return taken === bytes
  }
}
