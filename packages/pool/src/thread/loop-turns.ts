import type { Connection } from '../connection/connection.js'
import type { Thread } from './thread.js'

/** The state of a thread at the time when its event loop was asked to turn, which the constructor does. */
export class Progress {
  readonly #connection: Connection
  readonly #turns: number
  readonly #step: number
  readonly #generators: number

  constructor(connection: Connection) {
    this.#connection = connection
    this.#turns = connection.worker.turns
    this.#step = connection.worker.step
    this.#generators = connection.worker.generators
    connection.turn()
  }

  /** Whether its event loop has turned since, so that it has read its earlier messages. */
  get hasTurned(): boolean {
    return this.#connection.worker.turns !== this.#turns
  }

  /** Whether it has moved from one generator's step to another since: then it is busy, and not stuck. */
  get hasStepped(): boolean {
    return (
      this.#connection.worker.step !== this.#step || this.#connection.worker.generators !== this.#generators
    )
  }

  /** Whether nothing has changed since. */
  get isStill(): boolean {
    return !this.hasTurned && !this.hasStepped
  }
}

/**
 * Whether a thread could read that a call is cancelled. The call's grace begins then: a thread that closes the
 * generators of a hundred streams reads the message only after them.
 */
export class Hearing {
  #progress: Progress | undefined
  #wasLate = false
  /** Whether it had been read at the last check. */
  isHeard = false

  /** The thread is notified now. */
  begin(thread: Thread | undefined): void {
    this.#progress = thread?.progress()
  }

  /** Whether the grace that has passed did not count. */
  needsTime(thread: Thread | undefined): boolean {
    const { hasTurned = true, hasStepped = false } = this.#progress ?? {}
    this.isHeard = hasTurned
    const needsTime = hasTurned ? this.#wasLate : hasStepped
    this.#wasLate = !hasTurned
    // After the message was read, there is one grace period and no more.
    this.#progress = needsTime && !hasTurned ? thread?.progress() : undefined
    return needsTime
  }
}
