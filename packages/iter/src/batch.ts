import { NotCloneableError } from '@bridge/core'

/** The most items that travel in one message: beyond it a message costs no less per item. */
const MAX_BATCH = 1024

/** How long, in milliseconds, an item waits for company before its batch is sent. */
const MAX_WAIT = 1

/**
 * Collects items until they are worth a message. The batch grows while the producer fills it faster than it is
 * flushed by time, and shrinks to one for a slow producer, whose items should not wait.
 */
export class Batch {
  readonly #send: (items: unknown[]) => void
  #items: unknown[] = []
  #size = 1
  #since = 0

  constructor(send: (items: unknown[]) => void) {
    this.#send = send
  }

  get isEmpty(): boolean {
    return this.#items.length === 0
  }

  /** Adds one item as it is now: a generator may reuse the object it has yielded. */
  add(item: unknown): void {
    if (this.#items.length === 0) this.#since = performance.now()
    this.#items.push(snapshot(item))
    if (this.#items.length < this.#size) {
      // Looking at the clock costs as much as an item, so only every sixteenth looks.
      if (this.#items.length % 16 !== 0 || performance.now() - this.#since < MAX_WAIT) return
      this.#size = Math.max(1, this.#items.length)
    } else if (performance.now() - this.#since < MAX_WAIT) {
      this.#size = Math.min(MAX_BATCH, this.#size * 2)
    }
    this.#flush()
  }

  /** Sends what is there, because nothing more will come soon. */
  flush(): void {
    if (this.#items.length === 0) return
    this.#size = Math.max(1, this.#items.length)
    this.#flush()
  }

  #flush(): void {
    const items = this.#items
    this.#items = []
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
