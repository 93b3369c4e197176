import type { BullTaker } from './bull-taker.js'

/** The workers of a connection, to be ended with it. */
export class Takings {
  readonly #takers = new Set<BullTaker>()

  add(taker: BullTaker): void {
    this.#takers.add(taker)
  }

  /** Ends them all. */
  async close(isUp: boolean): Promise<void> {
    await Promise.all([...this.#takers].map(taker => taker.close(isUp).catch(() => {})))
    this.#takers.clear()
  }
}
