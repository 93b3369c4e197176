type Result = IteratorResult<unknown, unknown>

/** How a stream ended: with a value, or with an error that is made when somebody takes it. */
export type Ending = { readonly value: unknown } | { readonly thrown: () => unknown }

/** What has arrived and was not taken yet: the items in order, and after them how the stream ended. */
export class Inbox {
  readonly #window: number
  readonly #grant: (credit: number) => void
  #items: readonly unknown[] = []
  #index = 0
  readonly #later: (readonly unknown[])[] = []
  #ending: Ending | undefined
  #isTold = false
  #owed: number

  /**
   * `grant` asks the producer for that many items more; together never more than `window` are under way. With a
   * window of zero nothing is asked for here: each step is ordered by itself.
   */
  constructor(window: number, grant: (credit: number) => void) {
    this.#window = window
    this.#grant = grant
    this.#owed = window
  }

  get hasEnded(): boolean {
    return this.#ending !== undefined
  }

  add(items: readonly unknown[]): void {
    this.#later.push(items)
  }

  /** Only the first ending counts. */
  end(ending: Ending): void {
    this.#ending ??= ending
  }

  /** Forgets the items that nobody will take. */
  drop(): void {
    this.#items = []
    this.#index = 0
    this.#later.length = 0
  }

  /**
   * The next item, or the end, or `undefined` when there is nothing yet.
   *
   * @throws whatever ended the stream, once.
   */
  take(): Result | undefined {
    if (this.#index === this.#items.length) {
      const next = this.#later.shift()
      if (next === undefined) return this.#ending === undefined ? this.#ask() : this.#tell(this.#ending)
      this.#items = next
      this.#index = 0
    }
    const value = this.#items[this.#index++]
    // Given back by halves of the window, so that the producer need not stand still for a consumer that keeps up.
    if (++this.#owed * 2 >= this.#window) this.#ask()
    return { done: false, value }
  }

  #ask(): undefined {
    if (this.#window === 0 || this.#owed === 0 || this.hasEnded) return
    const credit = this.#owed
    this.#owed = 0
    this.#grant(credit)
  }

  #tell(ending: Ending): Result {
    if (this.#isTold) return { done: true, value: undefined }
    this.#isTold = true
    if ('thrown' in ending) throw ending.thrown()
    return { done: true, value: ending.value }
  }
}
