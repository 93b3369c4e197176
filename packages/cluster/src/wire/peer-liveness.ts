/** After how many milliseconds a process at whose address nothing listens is asked again. */
const AGAIN = 50

/** A process that has not answered. */
interface Missed {
  count: number
  timer: NodeJS.Timeout | undefined
}

/** One missing listener is not enough, because a process that reconnects has no address for a moment. */
const TWICE = 2

/** Tracks by address how often no process was found there. */
export class PeerLiveness {
  readonly #missed = new Map<string, Missed>()
  readonly #onGone: (address: string) => void

  constructor(onGone: (address: string) => void) {
    this.#onGone = onGone
  }

  alive(address: string): void {
    this.#forget(address)
  }

  /** To be called when nothing listens at the address; `again` asks once more. */
  missed(address: string, again: () => void): void {
    const missed = this.#missed.get(address) ?? { count: 0, timer: undefined }
    this.#missed.set(address, missed)
    // The result of another request that was in flight adds no information.
    if (missed.timer !== undefined) return
    missed.count++
    if (missed.count >= TWICE) {
      this.#forget(address)
      this.#onGone(address)
      return
    }
    missed.timer = setTimeout(() => {
      missed.timer = undefined
      again()
    }, AGAIN).unref()
  }

  clear(): void {
    for (const address of [...this.#missed.keys()]) this.#forget(address)
  }

  #forget(address: string): void {
    clearTimeout(this.#missed.get(address)?.timer)
    this.#missed.delete(address)
  }
}
