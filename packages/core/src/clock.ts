/**
 * Milliseconds since the epoch that never run backwards. Every thread of a process reads the same value, so a
 * deadline can cross threads; `Date.now()` would move with the system clock.
 *
 * @example
 * ```ts
 * const left = (task.deadline ?? Infinity) - now()
 * ```
 */
export function now(): number {
  return performance.timeOrigin + performance.now()
}

/** The longest delay that one of Node's timers takes; it turns a longer one into 1 ms. */
const MAX_DELAY = 2 ** 31 - 1

/**
 * A timer of any length, `Infinity` among them, which never fires early.
 *
 * @example
 * ```ts
 * const timer = new Timer(task.itemTimeout ?? Infinity, () => fail())
 * timer.keepAlive(false) // while nothing waits for it
 * timer.stop()
 * ```
 */
export class Timer {
  readonly #onTime: () => void
  readonly #ends: number
  #timer: NodeJS.Timeout | undefined
  #keepsAlive = true

  /** Calls `onTime` once, after the given number of milliseconds. */
  constructor(milliseconds: number, onTime: () => void) {
    this.#onTime = onTime
    this.#ends = performance.now() + milliseconds
    if (milliseconds !== Infinity) this.#arm()
  }

  /** Whether the timer keeps the process alive; it does by default. */
  keepAlive(isNeeded: boolean): this {
    this.#keepsAlive = isNeeded
    if (isNeeded) this.#timer?.ref()
    else this.#timer?.unref()
    return this
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #arm(): void {
    const left = Math.max(this.#ends - performance.now(), 0)
    this.#timer = setTimeout(this.#look, Math.min(left, MAX_DELAY))
    if (!this.#keepsAlive) this.#timer.unref()
  }

  readonly #look = (): void => {
    // Node's timers may fire a little early.
    if (this.#ends > performance.now()) return this.#arm()
    this.#timer = undefined
    this.#onTime()
  }
}
