import type { Ending } from './inbox.js'

/** The orders that a producer answers by CUT, and has not: to throw, and to return. */
export class Orders {
  #open = 0
  #overtaken: Ending | undefined

  /** Whether any is not answered. */
  get areOpen(): boolean {
    return this.#open > 0
  }

  /** How an order ends that the stream's end has overtaken; not there while what comes before an answer is wanted. */
  get overtaken(): Ending | undefined {
    return this.#overtaken
  }

  /** Counts one; with `overtaken` what comes before its answer is not wanted. */
  add(overtaken?: Ending): void {
    this.#open++
    this.#overtaken = overtaken ?? this.#overtaken
  }

  /** The producer begins to answer one; whether what it said before was not wanted, and what it says now is. */
  answer(): boolean {
    this.#open--
    const isTurn = this.#open === 0 && this.#overtaken !== undefined
    if (isTurn) this.#overtaken = undefined
    return isTurn
  }
}
