import { waitAtMost } from '@bridge/core/internal'
import type { Consumer } from './consumer.js'
import type { Hand } from './hand.js'
import { itemTimer } from './limits.js'
import { Stride } from './stride.js'
import { expectTurn, isTurnOver, nextTurn } from './turn.js'
import { Turns } from './turns.js'

type Result = IteratorResult<unknown, unknown>

const ignore = (): void => {}

/** What waiting is bound by. */
export interface WaitLimits {
  /** Milliseconds a pull may wait for its item; no limit where it is undefined. */
  readonly itemTimeout: number | undefined
  /** Called when a pull has waited so long. */
  readonly onItemLate: () => void
  /** Milliseconds that a producer is waited for which was told to stop. */
  readonly closeTimeout: number
}

/** The three methods of an async iterator, over a consumer. */
export class AwaitedSide {
  readonly #consumer: Consumer
  readonly #hand: Hand
  readonly #limits: WaitLimits
  readonly #turns = new Turns()
  /** Settles when the last return has been answered; not there where none is under way. */
  #returning: Promise<void> | undefined
  /** Settles when the last throw that the producer was sent has been answered; not there where none is under way. */
  #throwing: Promise<void> | undefined
  readonly #stride = new Stride(64)

  constructor(consumer: Consumer, limits: WaitLimits) {
    this.#consumer = consumer
    this.#hand = consumer.hand
    this.#limits = limits
  }

  next(value?: unknown): Promise<Result> {
    const hand = this.#hand
    // One that is stepped has no item ahead, unless its pulls overlap with values.
    if (value !== undefined || hand.index >= hand.until) return this.#next(value)
    return Promise.resolve({ done: false, value: hand.items[hand.index++] })
  }

  /** After the returns before it, and the throws that were sent; the pulls before it are released. */
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
    // A generator that does not answer it is not waited for any longer than one that does not stop.
    if (this.#throwing !== undefined) await waitAtMost(this.#throwing, this.#limits.closeTimeout)
    consumer.stop(value)
    if (!consumer.hasEnded) {
      consumer.ref()
      await consumer.untilReturned(value)
      consumer.unref()
    }
    return consumer.returned(value)
  }

  /** After the pulls before it, which get what the generator gives them first. */
  async throw(error: unknown): Promise<Result> {
    if (this.#returning !== undefined) await this.#returning
    const consumer = this.#consumer
    consumer.listen()
    // Steps are ordered when they are asked for, and so is this one.
    const { isStepped } = consumer
    const answer = async (): Promise<Result> => {
      if (consumer.isLeft) throw error
      const answered = this.#take() ?? (await this.#wait())
      if (answered.done === true && consumer.hasUnanswered) throw error
      return answered
    }
    if (isStepped && !consumer.isLeft) {
      consumer.throw(error)
      return this.#thrown(this.#inTurn(answer))
    }
    return this.#inTurn(async () => {
      if (consumer.isLeft) throw error
      consumer.throw(error)
      return this.#thrown(answer())
    })
  }

  /** What a throw is answered, which returns wait for. */
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
      else if (this.#turns.isFree) {
        if (isTurnOver(this.#stride.look())) return this.#pull(true)
        const taken = this.#consumer.take(this.#stride.length)
        if (taken !== undefined) return Promise.resolve(taken)
      }
    } catch (error) {
      return Promise.reject(error)
    }
    return this.#pull(false)
  }

  /** What is there, for whoever has the turn. */
  #take(): Result | undefined {
    const end = this.#consumer.leftEnd()
    if (end !== undefined) return end
    // Nobody may overtake those who wait for their turn, nor is anything free where each step is ordered.
    const isAlone = this.#turns.isLast && !this.#consumer.isStepped
    return this.#consumer.take(isAlone ? this.#stride.length : 0)
  }

  #pull(letsTurn: boolean): Promise<Result> {
    return this.#inTurn(async () => {
      if (letsTurn) await this.#consumer.unheard(nextTurn)
      return this.#take() ?? this.#wait()
    })
  }

  async #inTurn(work: () => Promise<Result>): Promise<Result> {
    if (this.#turns.isFree) this.#consumer.ref()
    try {
      return await this.#turns.take(work)
    } finally {
      if (this.#turns.isFree) this.#consumer.unref()
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
