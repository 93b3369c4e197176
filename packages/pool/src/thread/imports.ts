import { Timer } from '@bridge/core/internal'
import type { Thread } from './thread.js'

/** The id of the thread's own start among the ids of calls that wait for an import. */
export const START = 0

/**
 * The imports under way on a thread: for its start, and for calls that have therefore not entered their function. An
 * import does not end with a call that waits for it, whose caller may cancel, but when it has taken `importTimeout`.
 */
export class Imports {
  readonly #thread: Thread
  readonly #timeout: number
  /** When each of them began, the earliest first, on the clock of `performance`. */
  readonly #began = new Map<number, number>()
  #timer: Timer | undefined

  /** Terminates the thread when an import has taken `timeout` milliseconds. */
  constructor(thread: Thread, timeout: number) {
    this.#thread = thread
    this.#timeout = timeout
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

  /** The functions that waited for it are entered now. */
  end(id: number): void {
    this.#began.delete(id)
    if (this.#began.size === 0) this.stop()
    const { calls } = this.#thread
    if (id === START) for (const run of calls.runs) run.onEntered()
    else calls.get(id)?.onEntered()
  }

  /** The thread has ended. */
  stop(): void {
    this.#began.clear()
    this.#timer?.stop()
    this.#timer = undefined
  }

  /** Does the work of the timer, which does not fire while this thread is blocked. */
  look(): void {
    for (const [id, began] of this.#began) {
      if (performance.now() - began >= this.#timeout) return this.#endLate(id)
    }
  }

  #endLate(id: number): void {
    // It may have ended, and reported that while this thread was busy.
    this.#thread.receiveAll()
    if (!this.has(id)) return
    const within = `within ${this.#timeout} ms (importTimeout), so the thread was ended`
    const name = this.#thread.calls.get(id)?.task.name ?? 'a call'
    if (id === START) void this.#thread.kill(`it did not start ${within}`, 'setup')
    else void this.#thread.kill(`the module of ${name}() was not imported ${within}`)
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
