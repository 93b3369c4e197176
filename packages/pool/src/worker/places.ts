/**
 * The places for calls on this thread: as many run at once as its executor says, and those beyond wait here in order. They
 * were sent ahead, because the owner knows too late that one of them has ended. One that waits has not begun, so that the
 * owner can take it back; it is looked at once more when its turn comes.
 */
export class Places {
  readonly #places: number
  readonly #waiting: (() => void)[] = []
  /** The ids of those that have begun and go on. */
  readonly #taken = new Set<number>()

  constructor(places: number) {
    this.#places = places
  }

  /** Begins a call, now or when there is a place for it. */
  enter(begin: () => void): void {
    if (this.#taken.size < this.#places && this.#waiting.length === 0) begin()
    else this.#waiting.push(begin)
  }

  /** One that has begun goes on: it takes its place until `leave()`. */
  take(id: number): void {
    this.#taken.add(id)
  }

  /** It has ended, or its caller waits for it no longer. */
  leave(id: number): void {
    if (!this.#taken.delete(id)) return
    while (this.#taken.size < this.#places) {
      const begin = this.#waiting.shift()
      if (begin === undefined) return
      begin()
    }
  }

  /** Begins all that wait: what comes now starts after them and at once. */
  open(): void {
    for (const begin of this.#waiting.splice(0)) begin()
  }
}
