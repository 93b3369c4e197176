import type { Payload } from '../wire/frame.js'

/** How many cancellations are kept, the most recent ones. */
const MOST = 10_000

/** Cancellations of calls that have not arrived: any worker may get a waiting call. */
export class EarlyCancels {
  readonly #reasons = new Map<string, Payload>()

  add(key: string, reason: Payload): void {
    const [oldest] = this.#reasons.keys()
    if (oldest !== undefined && this.#reasons.size >= MOST) this.#reasons.delete(oldest)
    this.#reasons.set(key, reason)
  }

  /** Returns and removes the reason why the call must not run. */
  take(key: string): Payload | undefined {
    const reason = this.#reasons.get(key)
    if (reason !== undefined) this.#reasons.delete(key)
    return reason
  }
}
