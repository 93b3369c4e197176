import { Timer } from '@bridge/core/internal'

/** Milliseconds that workers have to reconnect after a server was restarted. */
const GRACE = 3000
/** Milliseconds between two attempts. */
const PAUSE = 200

/**
 * Calls that found no worker just after the server came back: each worker reconnects in its own time, so these calls are sent
 * again, which is safe because no worker had them.
 */
export class Resends {
  readonly #waiting = new Map<Timer, () => void>()
  #until = 0

  /** To be called when the server is available again. */
  back(): void {
    this.#until = performance.now() + GRACE
  }

  /** Runs `again` a little later, or `abandon` at once if the workers have had their time. */
  put(again: () => void, abandon: () => void): void {
    if (performance.now() >= this.#until) return abandon()
    const timer = new Timer(PAUSE, () => {
      this.#waiting.delete(timer)
      again()
    }).keepAlive(false)
    this.#waiting.set(timer, abandon)
  }

  /** Abandons all of them. */
  close(): void {
    this.#until = 0
    for (const [timer, abandon] of this.#waiting) {
      timer.stop()
      abandon()
    }
    this.#waiting.clear()
  }
}
