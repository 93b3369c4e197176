const NOTHING: Promise<unknown> = Promise.resolve()

/** Runs overlapping asynchronous work one piece after the other, in the order of the calls. */
export class Mutex {
  #waiting = 0
  #last = NOTHING

  /** Whether no work is running or waiting. */
  get isFree(): boolean {
    return this.#waiting === 0
  }

  /** Whether no work waits behind the running one. */
  get isLast(): boolean {
    return this.#waiting <= 1
  }

  /** Runs `work` when all earlier work has settled. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#waiting++ === 0 ? work() : this.#last.then(work)
    this.#last = turn.catch(() => {})
    try {
      return await turn
    } finally {
      if (--this.#waiting === 0) this.#last = NOTHING
    }
  }
}
