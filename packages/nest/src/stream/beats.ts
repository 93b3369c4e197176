/** In the place of a step that has not come in time. */
export const BEAT: unique symbol = Symbol('beat')

interface Waiting {
  readonly resolve: (step: IteratorResult<unknown> | typeof BEAT) => void
  readonly reject: (error: unknown) => void
  readonly timer: NodeJS.Timeout | undefined
}

/** The steps of a stream and, each time that none has come for so many milliseconds, a beat. */
export class Beats {
  readonly #items: AsyncIterator<unknown>
  readonly #every: number | undefined
  #waiting: Waiting | undefined
  /** What has come when nothing waited for it. */
  #come: ((waiting: Waiting) => void) | undefined
  #isPending = false

  constructor(items: AsyncIterator<unknown>, every: number | undefined) {
    this.#items = items
    this.#every = every
  }

  /** The next step or beat. It is asked for one at a time. */
  next(): Promise<IteratorResult<unknown> | typeof BEAT> {
    return new Promise((resolve, reject) => {
      const beat = (): void => {
        this.#waiting = undefined
        resolve(BEAT)
      }
      // Its end: a step, which comes at the latest when the stream is stopped.
      const timer = this.#every === undefined ? undefined : setTimeout(beat, this.#every)
      this.#waiting = { resolve, reject, timer }
      if (!this.#isPending) this.#ask()
      else if (this.#come !== undefined) this.#deliver(this.#come)
    })
  }

  #ask(): void {
    this.#isPending = true
    this.#items.next().then(
      step => this.#deliver(({ resolve }) => resolve(step)),
      error => this.#deliver(({ reject }) => reject(error))
    )
  }

  #deliver(come: (waiting: Waiting) => void): void {
    const waiting = this.#waiting
    this.#come = waiting === undefined ? come : undefined
    if (waiting === undefined) return
    this.#waiting = undefined
    this.#isPending = false
    clearTimeout(waiting.timer)
    come(waiting)
  }
}
