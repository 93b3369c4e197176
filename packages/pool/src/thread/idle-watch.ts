import { Timer } from '@bridge/core/internal'

/** Looks after idle threads: one timer for all of them, which keeps no process alive, and none while no thread idles. */
export class IdleWatch {
  readonly #timeout: number
  readonly #look: () => number | undefined
  #timer: Timer | undefined

  /** `look` ends what has idled for `timeout` ms, and tells in how many milliseconds it must look again, if at all. */
  constructor(timeout: number, look: () => number | undefined) {
    this.#timeout = timeout
    this.#look = look
  }

  /** A thread has become idle. */
  arm(): void {
    if (this.#timer === undefined && this.#timeout !== Infinity) this.#set(this.#timeout)
  }

  stop(): void {
    this.#timer?.stop()
    this.#timer = undefined
  }

  #set(delay: number): void {
    this.#timer = new Timer(delay, () => {
      this.#timer = undefined
      const next = this.#look()
      if (next !== undefined) this.#set(next)
    }).keepAlive(false)
  }
}
