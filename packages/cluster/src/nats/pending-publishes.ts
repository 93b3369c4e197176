import { Timer } from '@bridge/core/internal'

/** How many may be pending before a flush confirms that the server has processed them. */
const MANY = 256
/** Milliseconds after which the server is flushed in any case. */
const LATEST = 1000

/** A message that was published. */
interface Published {
  readonly subject: string
  readonly onNoListener: () => void
  readonly onForbidden: ((error: Error) => void) | undefined
}

/**
 * Messages that were published and may have had no listener. The server answers only if there was none, so after a round trip
 * all messages that were published before it and not answered have been delivered, and are removed.
 */
export class PendingPublishes {
  readonly #flush: () => Promise<void>
  readonly #waiting = new Map<number, Published>()
  #next = 0
  #isAsking = false
  #timer: Timer | undefined

  constructor(flush: () => Promise<void>) {
    this.#flush = flush
  }

  /** Adds a message; returns the number for its reply subject. */
  add(subject: string, onNoListener: () => void, onForbidden?: (error: Error) => void): number {
    const number = this.#next++
    this.#waiting.set(number, { subject, onNoListener, onForbidden })
    if (this.#waiting.size >= MANY) this.#ask()
    else this.#timer ??= new Timer(LATEST, () => this.#ask()).keepAlive(false)
    return number
  }

  /** The server has found no listener. */
  notDelivered(number: number): void {
    const published = this.#waiting.get(number)
    this.#waiting.delete(number)
    published?.onNoListener()
  }

  /** The server does not permit to publish to the subject. */
  forbid(forbidden: string, error: Error): void {
    for (const [number, { subject, onForbidden }] of this.#waiting) {
      if (subject !== forbidden) continue
      this.#waiting.delete(number)
      onForbidden?.(error)
    }
  }

  /** To be called when the server is lost, together with its answers. */
  clear(): void {
    this.#timer?.stop()
    this.#timer = undefined
    this.#waiting.clear()
  }

  #ask(): void {
    if (this.#isAsking) return
    this.#isAsking = true
    this.#timer?.stop()
    this.#timer = undefined
    const last = this.#next
    // After the message that is being added has been published.
    queueMicrotask(() => {
      // The client reports what the server does not permit a few microtasks later.
      const done = (): void => void setImmediate(() => this.#heardBefore(last))
      this.#flush().then(done, done)
    })
  }

  #heardBefore(last: number): void {
    this.#isAsking = false
    for (const number of this.#waiting.keys()) {
      if (number >= last) break
      this.#waiting.delete(number)
    }
    if (this.#waiting.size > 0) this.#timer ??= new Timer(LATEST, () => this.#ask()).keepAlive(false)
  }
}
