import type { AnyIterator } from '@bridge/core/executor'
import type { Outlet } from './outlet.js'
import { isPromise, type Result, type Step } from './step.js'
import { producerShare } from './turn.js'

/** Steps an iterator for items alone, as far as the credit and this turn of the event loop last. */
export class Stepper {
  credit = 0
  isTurnOver = false
  /** A step was a promise, so others may be. */
  isAsync = false
  /** A step that is a promise has not settled, or its item has not. */
  isPending = false
  /** How many there were of those. */
  pending = 0
  readonly #iterator: AnyIterator
  readonly #outlet: Outlet
  readonly #orders: readonly unknown[]
  #turnEnds = 0

  /** Where there are `orders`, no further item is stepped for. */
  constructor(iterator: AnyIterator, outlet: Outlet, orders: readonly unknown[]) {
    this.#iterator = iterator
    this.#outlet = outlet
    this.#orders = orders
  }

  get canStep(): boolean {
    return this.credit > 0 && !this.#outlet.isFull
  }

  beginTurn(): void {
    this.isTurnOver = false
    this.#turnEnds = this.#outlet.begin() + producerShare()
  }

  /** Steps that give their items at once; gives the first that is more than an item, if there was one. */
  stepOn(): Step | undefined {
    const iterator = this.#iterator
    const outlet = this.#outlet
    while (this.canStep && !this.isTurnOver) {
      const room = Math.min(this.credit, outlet.room)
      let made = 0
      while (made < room) {
        this.credit--
        const step = iterator.next()
        if (isPromise(step) || step.done === true || isPromise(step.value)) {
          this.#count(made)
          return step
        }
        made++
        if (outlet.add(step.value)) break
      }
      this.#count(made)
    }
    return undefined
  }

  /**
   * The same for steps that are promises, from this one on. A function of its own: what an await costs grows with the
   * function around it.
   */
  async stepAsync(first: PromiseLike<Result>): Promise<Result | undefined> {
    const iterator = this.#iterator
    const outlet = this.#outlet
    const orders = this.#orders
    let step: Step = first
    this.isAsync = true
    this.isPending = true
    this.pending++
    let made = 0
    let room = outlet.room
    while (isPromise(step)) {
      outlet.flushBeforeTurn()
      const result: Result = await step
      if (result.done === true || outlet.isEnded || isPromise(result.value)) {
        this.#count(made)
        return result
      }
      made++
      if (outlet.add(result.value) || made >= room || this.credit === 0 || orders.length > 0) {
        this.#count(made)
        if (!this.canStep || this.isTurnOver || orders.length > 0) {
          this.isPending = false
          return undefined
        }
        made = 0
        room = outlet.room
      }
      this.credit--
      step = iterator.next()
    }
    this.#count(made)
    return step
  }

  /** What is collected does not wait for an asynchronous item beyond this turn. */
  awaiting<T>(item: PromiseLike<T>): PromiseLike<T> {
    this.isAsync = true
    this.isPending = true
    this.pending++
    this.#outlet.flushBeforeTurn()
    return item
  }

  /** Adds an item that a step gave. */
  add(item: unknown): void {
    this.#outlet.add(item)
    this.#count(1)
  }

  #count(items: number): void {
    if (this.#outlet.count(items) > this.#turnEnds) this.isTurnOver = true
  }
}
