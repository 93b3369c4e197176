import { Timer } from '@bridge/core/internal'

/** Milliseconds for which the knowledge that a queue has workers is considered current. */
const BELIEVED = 1000
/** Milliseconds that workers have to reconnect after a server was restarted. */
const GRACE = 10_000

interface Watched {
  /** To be called if there are no workers at the next check. */
  onNone: (() => void)[]
  isLooking: boolean
  timer: Timer | undefined
  believedUntil: number
}

/**
 * Checks whether queues have workers, for calls that are sent there: at most once in a second, and at least once after each
 * call was sent.
 */
export class Presence {
  readonly #check: (queue: string) => Promise<boolean>
  readonly #queues = new Map<string, Watched>()
  #graceUntil = 0

  constructor(check: (queue: string) => Promise<boolean>) {
    this.#check = check
  }

  /** Asks the server now. */
  async ask(queue: string): Promise<boolean> {
    const isThere = await this.#check(queue)
    const watched = this.#queues.get(queue)
    if (watched !== undefined) watched.believedUntil = isThere ? performance.now() + BELIEVED : 0
    return isThere
  }

  /** Calls `onNone` once, if the queue turns out to have no workers. */
  watch(queue: string, onNone: () => void): void {
    let watched = this.#queues.get(queue)
    if (watched === undefined) {
      watched = { onNone: [], isLooking: false, timer: undefined, believedUntil: 0 }
      this.#queues.set(queue, watched)
    }
    watched.onNone.push(onNone)
    this.#lookLater(queue, watched)
  }

  /** To be called when the server was lost, together with the pending requests. */
  lost(): void {
    for (const { timer } of this.#queues.values()) timer?.stop()
    this.#queues.clear()
  }

  /** To be called when the server is available again; workers may need some more time. */
  back(): void {
    this.#graceUntil = performance.now() + GRACE
  }

  #lookLater(queue: string, watched: Watched, atLeast = 0): void {
    if (watched.isLooking || watched.timer !== undefined) return
    const wait = Math.max(atLeast, watched.believedUntil - performance.now())
    if (wait <= 0) void this.#lookNow(queue, watched)
    else watched.timer = new Timer(wait, () => void this.#lookNow(queue, watched)).keepAlive(false)
  }

  async #lookNow(queue: string, watched: Watched): Promise<void> {
    watched.timer = undefined
    watched.isLooking = true
    const asking = watched.onNone.splice(0)
    // If the server is lost in the meantime, its loss is reported by the status.
    const isThere = await this.ask(queue).catch(() => true)
    watched.isLooking = false
    if (this.#queues.get(queue) !== watched) return
    const isGrace = !isThere && performance.now() < this.#graceUntil
    if (isGrace) watched.onNone.unshift(...asking)
    else if (!isThere) for (const onNone of asking) onNone()
    if (watched.onNone.length > 0) this.#lookLater(queue, watched, isGrace ? BELIEVED / 2 : 0)
    else if (!isThere) this.#queues.delete(queue)
  }
}
