/**
 * Why a thread ended:
 * - `exit`: a task called `process.exit()`;
 * - `error`: an uncaught error or unhandled rejection;
 * - `memory`: it ran out of memory;
 * - `killed`: a task did not stop when it was cancelled;
 * - `setup`: its setup module failed;
 * - `recycled`: it had reached a limit of `recycleAfter`;
 * - `idle`: it was idle for `idleTimeout`;
 * - `closed`: the pool was closed.
 */
export type EndCause = 'exit' | 'error' | 'memory' | 'killed' | 'setup' | 'recycled' | 'idle' | 'closed'

/** The end of one thread. */
export interface ThreadEnd {
  readonly threadId: number
  readonly cause: EndCause
  /** The cause in words, with what the thread reported. */
  readonly why: string
  /** The uncaught error or unhandled rejection, if that was the cause; with its stack in the thread. */
  readonly error?: unknown
  /** When, in milliseconds since the epoch. */
  readonly at: number
}

/** How many ends are reported individually. */
const REMEMBERED = 10

/** The ends of an executor's threads. */
export class ThreadEnds {
  readonly #byCause: Partial<Record<EndCause, number>> = {}
  readonly #last: ThreadEnd[] = []

  add(end: ThreadEnd): void {
    this.#byCause[end.cause] = (this.#byCause[end.cause] ?? 0) + 1
    this.#last.push(end)
    if (this.#last.length > REMEMBERED) this.#last.shift()
  }

  /** The number of ends with each cause, without causes that did not occur. */
  get byCause(): Readonly<Partial<Record<EndCause, number>>> {
    return { ...this.#byCause }
  }

  /** The last few, the newest last. */
  get last(): readonly ThreadEnd[] {
    return [...this.#last]
  }
}
