import type { AnyIterator } from '@bridge/core/executor'
import { producerShare } from '../pacing/turn.js'
import { isPromise, type Result, type Step } from './step.js'
import type { StreamSender } from './stream-sender.js'

/** Steps an iterator for items, as long as the credit and this turn's time last. */
export class Stepper {
  credit = 0
  isTurnOver = false
  /** A step was a promise, so later ones may be, too. */
  isAsync = false
  /** A step that is a promise, or its item, has not settled. */
  isPending = false
  /** How many such steps there were. */
  pending = 0
  readonly #iterator: AnyIterator
  readonly #sender: StreamSender
  readonly #commands: readonly unknown[]
  #turnEnds = 0

  /** While there are `commands`, no further items are produced. */
  constructor(iterator: AnyIterator, sender: StreamSender, commands: readonly unknown[]) {
    this.#iterator = iterator
    this.#sender = sender
    this.#commands = commands
  }

  get canStep(): boolean {
    return this.credit > 0 && !this.#sender.isFull
  }

  beginTurn(): void {
    this.isTurnOver = false
    this.#turnEnds = this.#sender.begin() + producerShare()
  }

  /** Steps as long as items are available synchronously; returns the first step that is not just an item, if there is one. */
  stepItems(): Step | undefined {
    const iterator = this.#iterator
    const sender = this.#sender
    while (this.canStep && !this.isTurnOver) {
      const room = Math.min(this.credit, sender.room)
      let made = 0
      while (made < room) {
        this.credit--
        const step = iterator.next()
        if (isPromise(step) || step.done === true || isPromise(step.value)) {
          this.#count(made)
          return step
        }
        made++
        if (sender.add(step.value)) break
      }
      this.#count(made)
    }
    return undefined
  }

  /**
   * The same for steps that are promises, starting with `first`. A separate function, because the cost of an await grows
   * with the function around it.
   */
  async stepAsync(first: PromiseLike<Result>): Promise<Result | undefined> {
    const iterator = this.#iterator
    const sender = this.#sender
    const commands = this.#commands
    let step: Step = first
    this.isAsync = true
    this.isPending = true
    this.pending++
    let made = 0
    let room = sender.room
    while (isPromise(step)) {
      sender.flushBeforeTurn()
      const result: Result = await step
      if (result.done === true || sender.isEnded || isPromise(result.value)) {
        this.#count(made)
        return result
      }
      made++
      if (sender.add(result.value) || made >= room || this.credit === 0 || commands.length > 0) {
        this.#count(made)
        if (!this.canStep || this.isTurnOver || commands.length > 0) {
          this.isPending = false
          return undefined
        }
        made = 0
        room = sender.room
      }
      this.credit--
      step = iterator.next()
    }
    this.#count(made)
    return step
  }

  /** Collected items do not wait longer than this turn for an asynchronous item. */
  awaiting<T>(item: PromiseLike<T>): PromiseLike<T> {
    this.isAsync = true
    this.isPending = true
    this.pending++
    this.#sender.flushBeforeTurn()
    return item
  }

  /** Adds the item of a step. */
  add(item: unknown): void {
    this.#sender.add(item)
    this.#count(1)
  }

  #count(items: number): void {
    if (this.#sender.count(items) > this.#turnEnds) this.isTurnOver = true
  }
}
