import { NotCloneableError } from '@bridge/core'

/** The most items that travel in one message: beyond it a message costs no less per item. */
const MAX_BATCH = 1024

/** How long, in milliseconds, an item waits for company before its batch is sent. */
const MAX_WAIT = 1

/** Looking at the clock costs as much as a fast item, so at most this many go by between two looks. */
const MAX_STRIDE = 16

/**
 * Collects items until they are worth a message. The batch grows while the producer fills it faster than it is
 * flushed by time, and shrinks to one for a slow producer, whose items should not wait.
 */
export class Batch {
  readonly #send: (items: unknown[]) => void
  #items: unknown[] = []
  #size = 1
  /** When the producer began to work on this batch. */
  #since = 0
  #lastLook = 0
  #stride = 1
  #untilLook = 1

  constructor(send: (items: unknown[]) => void) {
    this.#send = send
  }

  get isEmpty(): boolean {
    return this.#items.length === 0
  }

  /** The producer goes to work: what was before, it was not busy. Gives the time. */
  begin(): number {
    this.#lastLook = performance.now()
    if (this.isEmpty) this.#since = this.#lastLook
    return this.#lastLook
  }

  /**
   * Adds one item as it is now: a generator may reuse the object it has yielded. Gives the time when it looked at
   * the clock, as it does after each slow item, and otherwise 0.
   */
  add(item: unknown): number {
    this.#items.push(snapshot(item))
    const isFull = this.#items.length >= this.#size
    if (--this.#untilLook > 0 && !isFull) return 0
    const time = performance.now()
    this.#stride = time - this.#lastLook < MAX_WAIT ? Math.min(MAX_STRIDE, this.#stride * 2) : 1
    this.#untilLook = this.#stride
    this.#lastLook = time
    const isLate = time - this.#since >= MAX_WAIT
    if (isLate) this.#size = this.#items.length
    else if (isFull) this.#size = Math.min(MAX_BATCH, this.#size * 2)
    if (isLate || isFull) this.#flush(time)
    return time
  }

  /** Sends what is there, because nothing more will come soon. */
  flush(): void {
    if (this.#items.length === 0) return
    this.#size = this.#items.length
    this.#flush(performance.now())
  }

  #flush(time: number): void {
    const items = this.#items
    this.#items = []
    this.#since = time
    this.#send(items)
  }
}

function snapshot(item: unknown): unknown {
  if ((typeof item !== 'object' && typeof item !== 'function' && typeof item !== 'symbol') || item === null)
    return item
  try {
    return structuredClone(item)
  } catch (error) {
    throw new NotCloneableError(
      `a stream's item can't be sent to another thread: ${(error as Error).message}`,
      {
        cause: error
      }
    )
  }
}
