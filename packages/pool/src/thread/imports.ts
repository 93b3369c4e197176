import { Timer } from '@bridge/core/internal'

/** What stands for the thread's own start among the ids of the calls that wait for an import. */
export const START = 0

/**
 * What is being imported on a thread: for its start, and for calls that have not entered their function therefore. It is
 * not ended with a call that waits for it, whose caller may leave, but when it has taken `importTimeout`.
 */
export class Imports {
  readonly #timeout: number
  readonly #onLate: (id: number) => void
  /** When each of them began, the earliest first, on the clock of `performance`. */
  readonly #began = new Map<number, number>()
  #timer: Timer | undefined

  /** `onLate` is called when one has taken `timeout` milliseconds, with the id that it began with. */
  constructor(timeout: number, onLate: (id: number) => void) {
    this.#timeout = timeout
    this.#onLate = onLate
  }

  get size(): number {
    return this.#began.size
  }

  has(id: number): boolean {
    return this.#began.has(id)
  }

  begin(id: number): void {
    this.#began.set(id, performance.now())
    this.#arm()
  }

  end(id: number): void {
    this.#began.delete(id)
    if (this.#began.size === 0) this.stop()
  }

  /** The thread has ended. */
  stop(): void {
    this.#began.clear()
    this.#timer?.stop()
    this.#timer = undefined
  }

  /** Does what the timer would do, which stands still while this thread is blocked. */
  look(): void {
    for (const [id, began] of this.#began) {
      if (performance.now() - began >= this.#timeout) return this.#onLate(id)
    }
  }

  #arm(): void {
    const [first] = this.#began.values()
    if (this.#timer !== undefined || first === undefined || this.#timeout === Infinity) return
    const left = Math.max(0, first + this.#timeout - performance.now())
    this.#timer = new Timer(left + 1, this.#onTimer).keepAlive(false)
  }

  readonly #onTimer = (): void => {
    this.#timer = undefined
    this.look()
    this.#arm()
  }
}
