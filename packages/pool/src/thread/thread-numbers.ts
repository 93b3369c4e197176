/** The holder of a number: until it has ended, the next holder must wait for it. */
export interface Numbered {
  readonly isLost: boolean
  /** `word` is set while it, or the holder before it, is still ending. */
  readonly exit: { readonly word: unknown }
}

/** A number, and its previous holder, if that may be still ending. */
export interface Numbering<N> {
  readonly number: number
  readonly before: N | undefined
}

/** The numbers of threads, from 1 to the most that exist at the same time. */
export class ThreadNumbers<N extends Numbered> {
  readonly #holders: (N | undefined)[] = []

  /** The lowest number that no living thread has. */
  next(): Numbering<N> {
    let index = this.#holders.findIndex(holder => holder === undefined || holder.isLost)
    if (index < 0) index = this.#holders.length
    return { number: index + 1, before: this.#holders[index] }
  }

  take(number: number, holder: N): void {
    this.#holders[number - 1] = holder
  }

  /** The thread has ended. */
  giveBack(number: number, holder: N): void {
    if (this.#holders[number - 1] === holder && holder.exit.word === undefined)
      this.#holders[number - 1] = undefined
  }
}
