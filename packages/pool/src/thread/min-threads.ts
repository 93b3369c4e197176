import { Timer } from '@bridge/core/internal'

/** How long, in milliseconds, the next attempt waits after a failed one, at first and at most. */
const FIRST_PAUSE = 100
const LONGEST_PAUSE = 30_000

/**
 * Keeps an executor at `minThreads` threads: a thread that has ended is replaced immediately, and not by the next call.
 * Threads that end before they have started a call, as when `setup` fails, are replaced more and more rarely. Its timer
 * does not keep the process alive.
 */
export class Floor {
  readonly #fill: () => void
  #pause = 0
  #timer: Timer | undefined
  #isOn = false

  /** `fill` starts the missing threads. */
  constructor(fill: () => void) {
    this.#fill = fill
  }

  /** There have been threads, so from now on there are `minThreads`. */
  hold(): void {
    this.#isOn = true
  }

  /** No more threads are to be started. */
  leave(): void {
    this.#isOn = false
    this.#timer?.stop()
    this.#timer = undefined
  }

  /** A thread has ended; `wasOfUse` if it had started a call, or was ended because it was idle. */
  onEnd(wasOfUse: boolean): void {
    // Threads that fail together count as one attempt.
    if (!this.#isOn || (!wasOfUse && this.#timer !== undefined)) return
    this.#pause = wasOfUse ? 0 : Math.min(Math.max(2 * this.#pause, FIRST_PAUSE), LONGEST_PAUSE)
    if (wasOfUse) this.#fill()
    else this.#timer = new Timer(this.#pause, this.#onPause).keepAlive(false)
  }

  readonly #onPause = (): void => {
    this.#timer = undefined
    this.#fill()
  }
}
