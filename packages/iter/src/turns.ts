const NOTHING: Promise<unknown> = Promise.resolve()

/** Lets asynchronous work that overlaps be done one after the other, in the order in which it was asked for. */
export class Turns {
  #waiting = 0
  #last = NOTHING

  /** Whether nobody has a turn or waits for one. */
  get isFree(): boolean {
    return this.#waiting === 0
  }

  /** Whether nobody waits behind the one that has a turn. */
  get isLast(): boolean {
    return this.#waiting <= 1
  }

  /** Runs `work` when all that was asked for before has ended, however it ended. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#waiting++ === 0 ? work() : this.#last.then(work)
    this.#last = turn.catch(() => {})
    try {
      return await turn
    } finally {
      if (--this.#waiting === 0) this.#last = NOTHING
    }
  }
}
