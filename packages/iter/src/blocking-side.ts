import type { WaitLimits } from './awaited-side.js'
import type { Blocker } from './blocker.js'
import type { Consumer } from './consumer.js'
import type { Hand } from './hand.js'
import { Stride } from './stride.js'

type Result = IteratorResult<unknown, unknown>

/** What else bounds a wait that no timer can end. */
export interface BlockingLimits extends WaitLimits {
  /** Milliseconds that stopping waits for the producer's `finally`. */
  readonly closeTimeout: number
  /** When the stream must have ended, on the clock of `performance.now()`. */
  readonly deadline: number | undefined
  /** Called when it has passed. */
  readonly onDeadline: () => void
}

/** The three methods of an iterator that blocks, over a consumer. */
export class BlockingSide {
  readonly #consumer: Consumer
  readonly #hand: Hand
  readonly #blocker: Blocker
  readonly #limits: BlockingLimits
  readonly #stride = new Stride(32)

  constructor(consumer: Consumer, blocker: Blocker, limits: BlockingLimits) {
    this.#consumer = consumer
    this.#hand = consumer.hand
    this.#blocker = blocker
    this.#limits = limits
  }

  next(value?: unknown): Result {
    const hand = this.#hand
    if (value !== undefined || hand.index >= hand.until) return this.#next(value)
    return { done: false, value: hand.items[hand.index++] }
  }

  return(value: unknown): Result {
    const consumer = this.#consumer
    consumer.beginBlocking()
    try {
      consumer.stop(value)
      this.#untilStopped(() => consumer.hasReturned(value))
      return consumer.returned(value)
    } finally {
      consumer.endBlocking()
    }
  }

  throw(error: unknown): Result {
    this.#consumer.beginBlocking()
    try {
      this.#consumer.throw(error)
      return this.#take() ?? this.#wait()
    } finally {
      this.#consumer.endBlocking()
    }
  }

  #next(value: unknown): Result {
    this.#consumer.beginBlocking()
    try {
      this.#consumer.checkValue(value)
      if (this.#consumer.isStepped) this.#consumer.step(value)
      // The timer of a deadline does not fire while this thread blocks, nor while it only takes what is there.
      this.#look(this.#stride.look())
      return this.#take() ?? this.#wait()
    } finally {
      this.#consumer.endBlocking()
    }
  }

  #take(): Result | undefined {
    return this.#consumer.take(this.#consumer.isStepped ? 0 : this.#stride.length)
  }

  #look(time: number): void {
    const { deadline, onDeadline } = this.#limits
    if (deadline !== undefined && time >= deadline) onDeadline()
    this.#blocker.look?.()
  }

  #wait(): Result {
    const { itemTimeout = Infinity, deadline = Infinity, onItemLate, onDeadline } = this.#limits
    let taken: Result | undefined
    const isTaken = (): boolean => {
      taken = this.#take()
      return taken !== undefined
    }
    const left = deadline - performance.now()
    const isInTime = this.#block(() => isTaken() || this.#consumer.isAborted, Math.min(itemTimeout, left))
    if (!isInTime && itemTimeout < left) onItemLate()
    else if (!isInTime) onDeadline()
    if (taken === undefined && !this.#untilStopped(isTaken)) isTaken()
    return taken as unknown as Result
  }

  /** Waits for what a producer that was told to stop says, and abandons it where that does not come in time. */
  #untilStopped(isDone: () => boolean): boolean {
    let timeout = this.#limits.closeTimeout
    do {
      if (this.#block(isDone, timeout)) return true
      timeout = this.#consumer.overtime()
    } while (timeout > 0)
    this.#consumer.abandon()
    return false
  }

  #block(isDone: () => boolean, timeout: number): boolean {
    const received = (): boolean => {
      while (this.#consumer.receive()) {}
      return isDone()
    }
    return this.#blocker.blockUntil(received, timeout === Infinity ? undefined : Math.max(0, timeout))
  }
}
