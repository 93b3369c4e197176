import { PeerLiveness } from '../wire/peer-liveness.js'

/** How often callers are checked, in milliseconds. */
const EVERY = 150

/** A caller of which a frame arrived within this many milliseconds is alive. */
const FRESH = 300

/** How many milliseconds callers have to reconnect after this process has. */
const SETTLE = 4000

/** Detects callers that are gone, so that their calls can be stopped. */
export class Callers {
  readonly #alive = new Map<string, number>()
  readonly #peers: PeerLiveness
  readonly #ask: (caller: string, onNoListener: () => void) => void
  #timer: NodeJS.Timeout | undefined
  #isUp = true
  #quietUntil = 0

  /** `ask` checks whether a process listens at an address. */
  constructor(ask: (caller: string, onNoListener: () => void) => void, onGone: (caller: string) => void) {
    this.#ask = ask
    this.#peers = new PeerLiveness(caller => {
      this.leave(caller)
      onGone(caller)
    })
  }

  /** To be called when a caller has sent a call or another frame. */
  alive(caller: string): void {
    this.#alive.set(caller, performance.now())
    this.#peers.alive(caller)
    this.#timer ??= setInterval(this.#look, EVERY).unref()
  }

  /** To be called when a caller has no more calls here. */
  leave(caller: string): void {
    this.#alive.delete(caller)
  }

  onStatus(isUp: boolean): void {
    this.#isUp = isUp
    if (isUp) this.#quietUntil = performance.now() + SETTLE
    this.#peers.clear()
  }

  end(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#peers.clear()
  }

  readonly #look = (): void => {
    // Not together with the last call: the next one would create the timer again, which costs as much as all other work of a call here.
    if (this.#alive.size === 0) return this.end()
    const time = performance.now()
    if (!this.#isUp || time < this.#quietUntil) return
    for (const [caller, last] of this.#alive) {
      if (time - last < FRESH) continue
      const ask = (): void =>
        this.#ask(caller, () => {
          if (this.#isUp && this.#alive.has(caller)) this.#peers.missed(caller, ask)
        })
      ask()
    }
  }
}
