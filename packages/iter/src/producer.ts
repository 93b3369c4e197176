import type { AnyIterator } from './iterator-of.js'
import { Outlet } from './outlet.js'
import type { StreamPort } from './port.js'
import type { ServeOptions } from './serve-stream.js'
import { isPromise, type Result, returned, type Step } from './step.js'
import { countProducer, nextTurn, producerShare } from './turn.js'

/** The end of a stream that steps the generator: one step at a time, each paid for by a credit. */
export class Producer {
  readonly outlet: Outlet
  readonly #iterator: AnyIterator
  readonly #options: ServeOptions
  readonly #receive: () => boolean
  /** What the consumer asked for beside items. */
  readonly #orders: (() => Step)[] = []
  #credit = 0
  #turnEnds = 0
  #isTurnOver = false
  #isPumping = false
  /** Inside the iterator, which may block this thread: it can't be stepped from there. */
  #isStepping = false
  /** A step was a promise, so others may be. */
  #isAsync = false
  /** A step that is a promise has not settled. */
  #isPending = false
  #isStopped = false

  /** `receive` takes a message that has arrived, if there is one, and tells whether there was. */
  constructor(port: StreamPort, iterator: AnyIterator, options: ServeOptions, receive: () => boolean) {
    this.#iterator = iterator
    this.#options = options
    this.#receive = receive
    this.outlet = new Outlet(port, { onSend: options.onSend, onUnsendable: error => this.reject(error) })
  }

  /** Whether items are asked for that only this thread's event loop can give. */
  get needsLoop(): boolean {
    const isHeld = this.#isPending || this.#isStepping || (this.#isAsync && this.#isWanted)
    return isHeld && !this.outlet.isEnded
  }

  credit(items: number, bytes: number): void {
    if (this.#isStopped) return
    this.#credit += items
    this.outlet.take(bytes)
    this.#pump()
  }

  step(value: unknown): void {
    this.#order(() => this.#iterator.next(value))
  }

  throw(error: unknown): void {
    this.#order(() => {
      if (this.#iterator.throw !== undefined) return this.#iterator.throw(error)
      this.#cleanUp()
      throw error
    })
  }

  return(value: unknown): void {
    this.#isStopped = true
    this.#credit = 0
    this.#order(() => returned(this.#iterator, value))
  }

  /** Nobody waits any more: the running step is told, then the generator is returned. */
  abort(reason: unknown): void {
    if (this.outlet.isEnded || this.#isStopped) return
    this.#options.onStop?.(reason)
    this.return(undefined)
  }

  /** The consumer is told at once that the stream can't go on, even while a step is under way. */
  reject(reason: unknown): void {
    if (this.outlet.isEnded) return
    if (!this.#isStopped) this.#options.onStop?.(reason)
    this.#isStopped = true
    this.#cleanUp()
    this.outlet.fail(reason)
  }

  /**
   * Goes on while this thread is blocked: takes what the consumer has said, and steps what gives its items at once, for
   * one turn. Whether there is more to do.
   */
  stepBlocked(): boolean {
    if (this.outlet.isEnded || this.#isStepping) return false
    while (this.#receive()) {}
    try {
      if (this.#canRunBlocked) this.#within(() => this.#runBlocked())
      if (!this.outlet.isEnded) this.outlet.flush()
    } catch (error) {
      this.#fail(error)
    }
    return this.#canRunBlocked
  }

  /** Returns the generator of a stream that fails for another reason, which is the one to tell. */
  #cleanUp(): void {
    this.#within(async () => this.#iterator.return?.()).catch(() => {})
  }

  #within<S>(steps: () => S): S {
    const { enter } = this.#options
    return enter === undefined ? steps() : enter(steps)
  }

  #order(run: () => Step): void {
    this.#orders.push(run)
    this.#pump()
  }

  async #pump(): Promise<void> {
    if (this.#isPumping || this.outlet.isEnded) return
    this.#isPumping = true
    countProducer(1)
    try {
      // What comes while a run is ending finds this one still pumping.
      do await this.#within(() => this.#run())
      while (this.#isWanted)
    } catch (error) {
      this.#fail(error)
    }
    countProducer(-1)
    this.#isPumping = false
  }

  /** The iterator threw, or what it gave can't be sent. */
  #fail(error: unknown): void {
    if (this.outlet.isUnsendable) this.#cleanUp()
    this.outlet.fail(error)
  }

  async #run(): Promise<void> {
    this.#beginTurn()
    try {
      for (;;) {
        const step = this.#nextStep()
        if (step !== undefined) {
          const result = isPromise(step) ? await this.#stepAsync(step) : step
          if (result === undefined) continue
          if (result.done === true) return this.outlet.end(result.value)
          const item = isPromise(result.value) ? await this.#awaiting(result.value) : result.value
          this.#isPending = false
          if (this.outlet.isEnded) return
          this.#add(item)
        } else if (this.#isTurnOver) {
          this.outlet.flush()
          await nextTurn()
          if (this.outlet.isEnded) return
          this.#beginTurn()
        } else {
          this.outlet.flush()
          if (!this.#receive()) return
        }
      }
    } catch (error) {
      // Here, and at once: who waits for this run may be blocked.
      this.#fail(error)
    }
  }

  /** For one turn, as long as steps give their items at once; one that does not is left to the run that awaits. */
  #runBlocked(): void {
    this.#beginTurn()
    while (this.#canRunBlocked && !this.#isTurnOver) {
      const step = this.#nextStep()
      if (step === undefined) this.#receive()
      else if (isPromise(step) || isPromise(step.value)) {
        this.#isAsync = true
        this.#order(() => step)
      } else if (step.done === true) this.outlet.end(step.value)
      else this.#add(step.value)
    }
  }

  get #canRunBlocked(): boolean {
    return !this.#isAsync && this.#isWanted
  }

  get #isWanted(): boolean {
    return !this.outlet.isEnded && (this.#orders.length > 0 || this.#canStep)
  }

  get #canStep(): boolean {
    return this.#credit > 0 && !this.outlet.isFull
  }

  #beginTurn(): void {
    this.#isTurnOver = false
    this.#turnEnds = this.outlet.begin() + producerShare()
  }

  #nextStep(): Step | undefined {
    this.#isStepping = true
    const step = this.#orders.length > 0 ? this.#orders.shift()?.() : this.#stepOn()
    this.#isStepping = false
    return step
  }

  /** Steps as far as the credit and this turn last; gives the first step that is more than an item. */
  #stepOn(): Step | undefined {
    const iterator = this.#iterator
    const { outlet } = this
    while (this.#canStep && !this.#isTurnOver) {
      const room = Math.min(this.#credit, outlet.room)
      let made = 0
      while (made < room) {
        this.#credit--
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
  async #stepAsync(first: PromiseLike<Result>): Promise<Result | undefined> {
    const iterator = this.#iterator
    const { outlet } = this
    let step: Step = first
    this.#isAsync = true
    this.#isPending = true
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
      if (outlet.add(result.value) || made >= room || this.#credit === 0 || this.#orders.length > 0) {
        this.#count(made)
        if (!this.#canStep || this.#isTurnOver || this.#orders.length > 0) {
          this.#isPending = false
          return undefined
        }
        made = 0
        room = outlet.room
      }
      this.#credit--
      step = iterator.next()
    }
    this.#count(made)
    return step
  }

  /** What is collected does not wait for an asynchronous step beyond this turn. */
  #awaiting<T>(step: PromiseLike<T>): PromiseLike<T> {
    this.#isAsync = true
    this.#isPending = true
    this.outlet.flushBeforeTurn()
    return step
  }

  #add(item: unknown): void {
    this.outlet.add(item)
    this.#count(1)
  }

  #count(items: number): void {
    if (this.outlet.count(items) > this.#turnEnds) this.#isTurnOver = true
  }
}
