/** A worker that takes from a queue in memory. */
export interface Taker<T> {
  readonly atMost: number
  active: number
  give(item: T): void
}

/** The workers of one queue. */
export class Takers<T> {
  readonly #takers = new Set<Taker<T>>()

  get size(): number {
    return this.#takers.size
  }

  add(taker: Taker<T>): void {
    this.#takers.add(taker)
  }

  remove(taker: Taker<T>): void {
    this.#takers.delete(taker)
  }

  /** The worker with the most room, if any has room. */
  roomiest(): Taker<T> | undefined {
    let best: Taker<T> | undefined
    for (const taker of this.#takers) {
      const room = taker.atMost - taker.active
      if (room > 0 && (best === undefined || room > best.atMost - best.active)) best = taker
    }
    return best
  }
}
