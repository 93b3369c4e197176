/** Who has a number: until it has ended, another one that is given the number must wait for it. */
export interface Numbered {
  readonly isLost: boolean
  /** `word` is there where it, or the one before it, is still ending. */
  readonly exit: { readonly word: unknown }
}

/** A number, and who had it before, where that one may still be ending. */
export interface Numbering<N> {
  readonly number: number
  readonly before: N | undefined
}

/** Which thread has which number, from 1 to as many as there are at once. */
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
