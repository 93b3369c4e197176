/**
 * The places for calls on this thread: as many run at the same time as its executor allows, and the others wait here in
 * order. They were sent ahead, because the parent would know too late that one of them has ended. A waiting call has
 * not started, so the parent can reclaim it; that is checked again before it starts.
 */
export class Places {
  readonly #places: number
  readonly #waiting: (() => void)[] = []
  /** The ids of calls that have started and continue. */
  readonly #taken = new Set<number>()

  constructor(places: number) {
    this.#places = places
  }

  /** Starts a call, now or when there is a free place. */
  enter(begin: () => void): void {
    if (this.#taken.size < this.#places && this.#waiting.length === 0) begin()
    else this.#waiting.push(begin)
  }

  /** A call that has started continues: it occupies its place until `leave()`. */
  take(id: number): void {
    this.#taken.add(id)
  }

  /** It has ended, or its caller no longer waits for it. */
  leave(id: number): void {
    if (!this.#taken.delete(id)) return
    while (this.#taken.size < this.#places) {
      const begin = this.#waiting.shift()
      if (begin === undefined) return
      begin()
    }
  }

  /** Starts all waiting calls: later calls start after them, without waiting. */
  open(): void {
    for (const begin of this.#waiting.splice(0)) begin()
  }
}
