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
  /** Whether a client's error means that the connection was lost, or closed, while the request was in flight. */
  readonly #isLost: (error: unknown) => boolean
  #isUp = true
  #held: Held[] = []
  #bytes = 0
  /** Of the requests in flight. A client leaves some without an answer when it is closed. */
  readonly #onClose = new Set<() => void>()

  constructor(isLost: (error: unknown) => boolean) {
    this.#isLost = isLost
  }

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
   * Sends a request to the server, for which it waits at most five seconds.
   *
   * @throws WorkerLostError when the server stays away, or is lost before it has answered: it may have executed the request.
   */
  async request<T>(where: string, ask: () => Promise<T>): Promise<T> {
    if (!this.#isUp) await this.#whenUp(where)
    let onClose: (() => void) | undefined
    try {
      return await new Promise<T>((resolve, reject) => {
        onClose = () => reject(inFlight(where, 'closed'))
        this.#onClose.add(onClose)
        ask().then(resolve, reject)
      })
    } catch (error) {
      throw this.#isLost(error) ? inFlight(where, 'lost', error) : error
    } finally {
      if (onClose !== undefined) this.#onClose.delete(onClose)
    }
  }

  /** Drops what is held, and what is sent later; requests in flight are rejected. */
  close(): void {
    this.#isUp = false
    this.#bytes = Infinity
    for (const { drop } of this.#held.splice(0)) drop()
    for (const onClose of [...this.#onClose]) onClose()
  }

  async #whenUp(where: string): Promise<void> {
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

  #empty(): readonly Held[] {
    const held = this.#held
    this.#held = []
    this.#bytes = 0
    return held
  }
}

function inFlight(where: string, what: 'lost' | 'closed', cause?: unknown): WorkerLostError {
  const next =
    what === 'lost' ? 'try again when the server is available' : 'await its requests before closing it'
  return new WorkerLostError(
    `${where}: the connection to the server was ${what}, and the request may or may not have been executed; ${next}`,
    cause === undefined ? {} : { cause }
  )
}
