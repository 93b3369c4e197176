/** The interval of the requests to the light route, in milliseconds. */
const EVERY = 100

/**
 * Requests the light route ten times per second, one request at a time: a frozen server cannot report that it is frozen, so
 * this browser measures it.
 */
export class LightRoute {
  /** When the pending request was sent. */
  #asked: number | undefined
  #latest = 0
  #worst = 0

  start(): void {
    setInterval(() => void this.#ask(), EVERY)
  }

  /** Milliseconds of the last response, or of the pending request if that is longer. */
  get latency(): number {
    const waited = this.#asked === undefined ? 0 : performance.now() - this.#asked
    return Math.max(waited, this.#latest)
  }

  /** Starts to record the worst latency. */
  watch(): void {
    this.#worst = 0
  }

  /** The worst latency since then. */
  get worst(): number {
    return Math.max(this.#worst, this.#asked === undefined ? 0 : performance.now() - this.#asked)
  }

  async #ask(): Promise<void> {
    if (this.#asked !== undefined || document.hidden) return
    const asked = performance.now()
    this.#asked = asked
    try {
      await (await fetch('/light', { cache: 'no-store' })).arrayBuffer()
      this.#latest = performance.now() - asked
      this.#worst = Math.max(this.#worst, this.#latest)
    } catch {
      // The server is being restarted: the next request will show.
    } finally {
      this.#asked = undefined
    }
  }
}
