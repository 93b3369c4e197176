/** How often the light route is asked, in milliseconds. */
const EVERY = 100

/**
 * Asks the light route ten times a second, one request at a time: a server that is frozen can't tell of it, so this browser
 * measures it.
 */
export class LightRoute {
  /** When the request was sent that is not answered yet. */
  #asked: number | undefined
  #latest = 0
  #worst = 0

  start(): void {
    setInterval(() => void this.#ask(), EVERY)
  }

  /** Milliseconds: of the last answer or, where that is more, of the one that is waited for. */
  get latency(): number {
    const waited = this.#asked === undefined ? 0 : performance.now() - this.#asked
    return Math.max(waited, this.#latest)
  }

  /** Begins to look for the worst. */
  watch(): void {
    this.#worst = 0
  }

  /** The worst since then. */
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
      // The server is being started anew: the next one tells.
    } finally {
      this.#asked = undefined
    }
  }
}
