import type { Lane } from '../lane/lane.js'
import type { Thread } from './thread.js'

/** How a thread stood when it was asked to let its event loop turn, which it is by the making of this. */
export class Progress {
  readonly #lane: Lane
  readonly #turns: number
  readonly #step: number
  readonly #generators: number

  constructor(lane: Lane) {
    this.#lane = lane
    this.#turns = lane.turns
    this.#step = lane.step
    this.#generators = lane.generators
    lane.turn()
  }

  /** Whether its event loop has turned since, so that it has heard what it was told before. */
  get hasTurned(): boolean {
    return this.#lane.turns !== this.#turns
  }

  /** Whether it has gone from one generator's step to another since: it is busy then, and not stuck. */
  get hasStepped(): boolean {
    return this.#lane.step !== this.#step || this.#lane.generators !== this.#generators
  }

  /** Whether nothing at all has moved since. */
  get isStill(): boolean {
    return !this.hasTurned && !this.hasStepped
  }
}

/**
 * Whether a thread could hear that a call was to stop. The call's grace begins then: one that winds up the generators
 * of a hundred streams comes to the message only after them.
 */
export class Hearing {
  #progress: Progress | undefined
  #wasLate = false
  /** Whether it had come to hear it when this was looked at last. */
  isHeard = false

  /** The thread is told now. */
  begin(thread: Thread | undefined): void {
    this.#progress = thread?.progress()
  }

  /** Whether the grace that is over did not count. */
  needsTime(thread: Thread | undefined): boolean {
    const { hasTurned = true, hasStepped = false } = this.#progress ?? {}
    this.isHeard = hasTurned
    const needsTime = hasTurned ? this.#wasLate : hasStepped
    this.#wasLate = !hasTurned
    // Heard, it has one grace and no more.
    this.#progress = needsTime && !hasTurned ? thread?.progress() : undefined
    return needsTime
  }
}
