import { Timer } from '@bridge/core/internal'

/** How long, in milliseconds, the next attempt waits after one that failed, at first and at most. */
const FIRST_PAUSE = 100
const LONGEST_PAUSE = 30_000

/**
 * Keeps an executor at `minThreads` threads: one that has ended is replaced at once, and not by the next call. Threads
 * that end before they have started a call, as where `setup` fails, are replaced ever more rarely. Its timer keeps no
 * process alive.
 */
export class Floor {
  readonly #fill: () => void
  #pause = 0
  #timer: Timer | undefined
  #isOn = false

  /** `fill` starts what is missing. */
  constructor(fill: () => void) {
    this.#fill = fill
  }

  /** There have been threads, so from now on there are to be so many. */
  hold(): void {
    this.#isOn = true
  }

  /** No thread is to be started any more. */
  leave(): void {
    this.#isOn = false
    this.#timer?.stop()
    this.#timer = undefined
  }

  /** A thread has ended, which was of use where it had started a call, or was ended with nothing to do. */
  onEnd(wasOfUse: boolean): void {
    // Those that fail together are one attempt.
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
