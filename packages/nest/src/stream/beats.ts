/** Returned instead of a step that has not arrived in time. */
export const BEAT: unique symbol = Symbol('beat')

interface Waiting {
  readonly resolve: (step: IteratorResult<unknown> | typeof BEAT) => void
  readonly reject: (error: unknown) => void
  readonly timer: NodeJS.Timeout | undefined
}

/** The steps of a stream and, each time that none has arrived for `every` milliseconds, a beat. */
export class Beats {
  readonly #items: AsyncIterator<unknown>
  readonly #every: number | undefined
  #waiting: Waiting | undefined
  /** A step that arrived while nothing waited for it. */
  #arrived: ((waiting: Waiting) => void) | undefined
  #isPending = false

  constructor(items: AsyncIterator<unknown>, every: number | undefined) {
    this.#items = items
    this.#every = every
  }

  /** The next step or beat. To be called one at a time. */
  next(): Promise<IteratorResult<unknown> | typeof BEAT> {
    return new Promise((resolve, reject) => {
      const beat = (): void => {
        this.#waiting = undefined
        resolve(BEAT)
      }
      // A step clears it; that arrives at the latest when the stream is stopped.
      const timer = this.#every === undefined ? undefined : setTimeout(beat, this.#every)
      this.#waiting = { resolve, reject, timer }
      if (!this.#isPending) this.#pull()
      else if (this.#arrived !== undefined) this.#deliver(this.#arrived)
    })
  }

  #pull(): void {
    this.#isPending = true
    this.#items.next().then(
      step => this.#deliver(({ resolve }) => resolve(step)),
      error => this.#deliver(({ reject }) => reject(error))
    )
  }

  #deliver(settle: (waiting: Waiting) => void): void {
    const waiting = this.#waiting
    this.#arrived = waiting === undefined ? settle : undefined
    if (waiting === undefined) return
    this.#waiting = undefined
    this.#isPending = false
    clearTimeout(waiting.timer)
    settle(waiting)
  }
}
