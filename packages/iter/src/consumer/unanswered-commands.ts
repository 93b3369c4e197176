import type { Outcome } from './inbox.js'

/** Commands (THROW and RETURN) that the producer answers by CUT, and has not answered yet. */
export class UnansweredCommands {
  #open = 0
  #overtaken: Outcome | undefined

  /** Whether any command is unanswered. */
  get arePending(): boolean {
    return this.#open > 0
  }

  /** The outcome of a command if the stream ends before it is answered; `undefined` while items before the answer are still wanted. */
  get overtaken(): Outcome | undefined {
    return this.#overtaken
  }

  /** Counts a command; with `overtaken`, items before its answer are not wanted. */
  add(overtaken?: Outcome): void {
    this.#open++
    this.#overtaken = overtaken ?? this.#overtaken
  }

  /** The producer starts to answer a command; returns whether items were unwanted until now and are wanted from now on. */
  answer(): boolean {
    this.#open--
    const isTurn = this.#open === 0 && this.#overtaken !== undefined
    if (isTurn) this.#overtaken = undefined
    return isTurn
  }
}
