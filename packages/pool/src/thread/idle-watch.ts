/** The longest delay that a timer takes; Node turns a longer one into 1 ms. */
const MAX_DELAY = 2 ** 31 - 1

/** Looks after idle threads: one timer for all of them, which keeps no process alive, and none while no thread idles. */
export class IdleWatch {
  readonly #timeout: number
  readonly #look: () => number | undefined
  #timer: NodeJS.Timeout | undefined

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
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #set(delay: number): void {
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined
        const next = this.#look()
        if (next !== undefined) this.#set(next)
      },
      Math.min(delay, MAX_DELAY)
    ).unref()
  }
}
