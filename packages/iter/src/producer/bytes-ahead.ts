/** With this many bytes sent and not taken, a producer pauses, whatever its credit … */
const MAX_PER_STREAM = 1024 * 1024

/** … and with fewer than this it never does, so that each stream makes progress, however many there are. */
const MIN_PER_STREAM = 64 * 1024

/** How many bytes all producers of this thread may be ahead in total, apart from the minimum of each. */
const MAX_TOTAL = 16 * MAX_PER_STREAM

let total = 0

/**
 * The bytes that a producer has sent and that its consumer has not taken. They are memory of the two threads: sixteen
 * streams may have as much as makes them fast, but thousands with slow readers may not.
 */
export class BytesAhead {
  #bytes = 0

  /** Whether the producer must pause until the consumer has taken some. */
  get isFull(): boolean {
    return this.#bytes >= MAX_PER_STREAM || this.isHeld
  }

  /** Whether that is because of other streams: then the consumer, which otherwise reports many bytes at once, must report fewer. */
  get isHeld(): boolean {
    return this.#bytes >= MIN_PER_STREAM && total >= MAX_TOTAL
  }

  /** Counts bytes that were sent. */
  send(bytes: number): void {
    this.#bytes += bytes
    total += bytes
  }

  /** Counts bytes that were taken, or never will be; returns whether as many were sent. */
  take(bytes: number): boolean {
    const taken = Math.min(bytes, this.#bytes)
    // Never more than were sent: other streams would get further ahead because of it.
    this.send(-taken)
    return taken === bytes
  }
}
