import { waitAtMost } from '@bridge/core/internal'
import { ClockSampler } from '../pacing/clock-sampler.js'
import { expectTurn, isTurnOver, nextTurn } from '../pacing/turn.js'
import type { Consumer } from './consumer.js'
import type { CurrentBatch } from './current-batch.js'
import { itemTimer } from './limits.js'
import { Mutex } from './mutex.js'

type Result = IteratorResult<unknown, unknown>

const ignore = (): void => {}

/** The limits of waits. */
export interface WaitLimits {
  /** Milliseconds that a pull may wait for its item; no limit if undefined. */
  readonly itemTimeout: number | undefined
  /** Called when a pull has waited that long. */
  readonly onItemLate: () => void
  /** Milliseconds to wait for a producer that was requested to stop. */
  readonly closeTimeout: number
}

/** The three methods of an async iterator, over a consumer. */
export class AwaitedSide {
  readonly #consumer: Consumer
  readonly #current: CurrentBatch
  readonly #limits: WaitLimits
  readonly #mutex = new Mutex()
  /** Settles when the last return has been answered; undefined if none is pending. */
  #returning: Promise<void> | undefined
  /** Settles when the last throw that was sent to the producer has been answered; undefined if none is pending. */
  #throwing: Promise<void> | undefined
  readonly #sampler = new ClockSampler(64)

  constructor(consumer: Consumer, limits: WaitLimits) {
    this.#consumer = consumer
    this.#current = consumer.current
    this.#limits = limits
  }

  next(value?: unknown): Promise<Result> {
    const current = this.#current
    // A stepped stream has no item ahead, unless its pulls overlap with values.
    if (value !== undefined || current.index >= current.until) return this.#next(value)
    return Promise.resolve({ done: false, value: current.items[current.index++] })
  }

  /** Runs after earlier returns, and throws that were sent; earlier pulls get `done`. */
  return(value: unknown): Promise<Result> {
    const returned = this.#return(value, this.#returning)
    const settled = returned.then(ignore, ignore).then(() => {
      if (this.#returning === settled) this.#returning = undefined
    })
    this.#returning = settled
    return returned
  }

  async #return(value: unknown, before: Promise<void> | undefined): Promise<Result> {
    if (before !== undefined) await before
    const consumer = this.#consumer
    // Wait no longer for a generator that does not answer than for one that does not stop.
    if (this.#throwing !== undefined) await waitAtMost(this.#throwing, this.#limits.closeTimeout)
    consumer.stop(value)
    if (!consumer.hasEnded) {
      consumer.ref()
      await consumer.untilReturned(value)
      consumer.unref()
    }
    return consumer.returned(value)
  }

  /** Runs after earlier pulls, which first get their items. */
  async throw(error: unknown): Promise<Result> {
    if (this.#returning !== undefined) await this.#returning
    const consumer = this.#consumer
    consumer.listen()
    // Steps are requested when they are pulled, and so is a throw.
    const { isStepped } = consumer
    const answer = async (): Promise<Result> => {
      if (consumer.isStopping) throw error
      const answered = this.#take() ?? (await this.#wait())
      if (answered.done === true && consumer.hasUnanswered) throw error
      return answered
    }
    if (isStepped && !consumer.isStopping) {
      consumer.throw(error)
      return this.#thrown(this.#inTurn(answer))
    }
    return this.#inTurn(async () => {
      if (consumer.isStopping) throw error
      consumer.throw(error)
      return this.#thrown(answer())
    })
  }

  /** Keeps the answer to a throw, for which returns wait. */
  #thrown(answer: Promise<Result>): Promise<Result> {
    const settled = answer.then(ignore, ignore).then(() => {
      if (this.#throwing === settled) this.#throwing = undefined
    })
    this.#throwing = settled
    return answer
  }

  #next(value: unknown): Promise<Result> {
    if (this.#returning !== undefined) return this.#returning.then(() => this.#next(value))
    this.#consumer.listen()
    try {
      this.#consumer.checkValue(value)
      if (this.#consumer.isStepped) this.#consumer.step(value)
      else if (this.#mutex.isFree) {
        if (isTurnOver(this.#sampler.sample())) return this.#pull(true)
        const taken = this.#consumer.take(this.#sampler.interval)
        if (taken !== undefined) return Promise.resolve(taken)
      }
    } catch (error) {
      return Promise.reject(error)
    }
    return this.#pull(false)
  }

  /** What is available, for the pull that holds the mutex. */
  #take(): Result | undefined {
    const end = this.#consumer.doneIfStopping()
    if (end !== undefined) return end
    // Later pulls must not overtake the waiting ones, and in a stepped stream each item belongs to its pull.
    const isAlone = this.#mutex.isLast && !this.#consumer.isStepped
    return this.#consumer.take(isAlone ? this.#sampler.interval : 0)
  }

  #pull(letsTurn: boolean): Promise<Result> {
    return this.#inTurn(async () => {
      if (letsTurn) await this.#consumer.withoutListening(nextTurn)
      return this.#take() ?? this.#wait()
    })
  }

  async #inTurn(work: () => Promise<Result>): Promise<Result> {
    if (this.#mutex.isFree) this.#consumer.ref()
    try {
      return await this.#mutex.run(work)
    } finally {
      if (this.#mutex.isFree) this.#consumer.unref()
    }
  }

  async #wait(): Promise<Result> {
    const { itemTimeout, onItemLate } = this.#limits
    const timer = itemTimer(itemTimeout, onItemLate)
    try {
      for (;;) {
        expectTurn()
        await this.#consumer.arrival()
        const taken = this.#take()
        if (taken !== undefined) return taken
      }
    } finally {
      timer?.stop()
    }
  }
}
