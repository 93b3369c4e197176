/**
 * Why a thread ended:
 * - `exit`: a task called `process.exit()`;
 * - `error`: an error or a rejection that nobody caught;
 * - `memory`: it ran out of memory;
 * - `killed`: a task did not stop when it was told to;
 * - `setup`: the module it was to import first failed;
 * - `recycled`: it had reached a bound of `recycleAfter`;
 * - `idle`: it had nothing to do for `idleTimeout`;
 * - `closed`: the pool was closed.
 */
export type EndCause = 'exit' | 'error' | 'memory' | 'killed' | 'setup' | 'recycled' | 'idle' | 'closed'

/** One thread's end. */
export interface ThreadEnd {
  readonly threadId: number
  readonly cause: EndCause
  /** The same in words, with what the thread said of it. */
  readonly why: string
  /** The error or rejection that nothing there caught, where that was it; with its stack in the thread. */
  readonly error?: unknown
  /** When, in milliseconds since the epoch. */
  readonly at: number
}

/** How many ends are told one by one. */
const REMEMBERED = 10

/** How the threads of an executor have ended. */
export class ThreadEnds {
  readonly #byCause: Partial<Record<EndCause, number>> = {}
  readonly #last: ThreadEnd[] = []

  add(end: ThreadEnd): void {
    this.#byCause[end.cause] = (this.#byCause[end.cause] ?? 0) + 1
    this.#last.push(end)
    if (this.#last.length > REMEMBERED) this.#last.shift()
  }

  /** How often each cause was it, those that never were left out. */
  get byCause(): Readonly<Partial<Record<EndCause, number>>> {
    return { ...this.#byCause }
  }

  /** The last few, the newest last. */
  get last(): readonly ThreadEnd[] {
    return [...this.#last]
  }
}
