import { ClockSampler } from '../pacing/clock-sampler.js'
import type { WaitLimits } from './awaited-side.js'
import type { Blocker } from './blocker.js'
import type { Consumer } from './consumer.js'
import type { CurrentBatch } from './current-batch.js'

type Result = IteratorResult<unknown, unknown>

/** Further limits of a blocking wait, which no timer can end. */
export interface BlockingLimits extends WaitLimits {
  /** Milliseconds that stopping waits for the producer's `finally`. */
  readonly closeTimeout: number
  /** When the stream must have ended, on the clock of `performance.now()`. */
  readonly deadline: number | undefined
  /** Called when it has passed. */
  readonly onDeadline: () => void
}

/** The three methods of a blocking iterator, over a consumer. */
export class BlockingSide {
  readonly #consumer: Consumer
  readonly #current: CurrentBatch
  readonly #blocker: Blocker
  readonly #limits: BlockingLimits
  readonly #sampler = new ClockSampler(32)

  constructor(consumer: Consumer, blocker: Blocker, limits: BlockingLimits) {
    this.#consumer = consumer
    this.#current = consumer.current
    this.#blocker = blocker
    this.#limits = limits
  }

  next(value?: unknown): Result {
    const current = this.#current
    if (value !== undefined || current.index >= current.until) return this.#next(value)
    return { done: false, value: current.items[current.index++] }
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
      // The timer of a deadline does not fire while this thread blocks, nor while it takes available items.
      this.#checkDeadline(this.#sampler.sample())
      return this.#take() ?? this.#wait()
    } finally {
      this.#consumer.endBlocking()
    }
  }

  #take(): Result | undefined {
    return this.#consumer.take(this.#consumer.isStepped ? 0 : this.#sampler.interval)
  }

  #checkDeadline(time: number): void {
    const { deadline, onDeadline } = this.#limits
    if (deadline !== undefined && time >= deadline) onDeadline()
    this.#blocker.poll?.()
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

  /** Waits for a producer that was requested to stop, and abandons it if it does not answer in time. */
  #untilStopped(isDone: () => boolean): boolean {
    let timeout = this.#limits.closeTimeout
    do {
      if (this.#block(isDone, timeout)) return true
      timeout = this.#consumer.extraTime()
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
