import { WorkerLostError } from '@bridge/core'
import { waitAtMost } from '@bridge/core/internal'

/** Enough for what a process sends in the seconds that a server needs to restart. */
const MOST_BYTES = 16 * 1024 * 1024

/** Milliseconds that a request waits for a server that is away. */
const PATIENCE = 5000

interface Held {
  readonly bytes: number
  go(): void
  drop(): void
}

/**
 * Holds what is sent while the server is away, and sends it in order when the server is available again. What exceeds the
 * memory limit is dropped at once.
 */
export class Outbox {
  #isUp = true
  #held: Held[] = []
  #bytes = 0

  get isUp(): boolean {
    return this.#isUp
  }

  /** Runs `go` now, or when the server is available again; if there is no room, runs `drop` instead, asynchronously. */
  put(bytes: number, go: () => void, drop: () => void): void {
    if (this.#isUp) go()
    else if (this.#bytes + bytes > MOST_BYTES) queueMicrotask(drop)
    else {
      this.#held.push({ bytes, go, drop })
      this.#bytes += bytes
    }
  }

  down(): void {
    this.#isUp = false
  }

  up(): void {
    this.#isUp = true
    for (const { go } of this.#empty()) go()
  }

  /**
   * Waits for the server, at most five seconds.
   *
   * @throws WorkerLostError when it stays away.
   */
  async whenUp(where: string): Promise<void> {
    if (this.#isUp) return
    const up = new Promise<boolean>(resolve =>
      this.put(
        0,
        () => resolve(true),
        () => resolve(false)
      )
    )
    let isUp = false
    await waitAtMost(
      up.then(came => (isUp = came)),
      PATIENCE
    )
    if (isUp) return
    throw new WorkerLostError(
      `${where}: the connection to the server is lost or closed; try again when the server is available`
    )
  }

  /** Drops what is held, and what is sent later. */
  close(): void {
    this.#isUp = false
    this.#bytes = Infinity
    for (const { drop } of this.#held.splice(0)) drop()
  }

  #empty(): readonly Held[] {
    const held = this.#held
    this.#held = []
    this.#bytes = 0
    return held
  }
}
