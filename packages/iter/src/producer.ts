import type { AnyIterator } from './iterator-of.js'
import type { RingWords } from './number-ring.js'
import { Outlet } from './outlet.js'
import type { StreamPort } from './port.js'
import type { ServeOptions } from './serve-stream.js'
import { isPromise, returned, type Step } from './step.js'
import { Stepper } from './stepper.js'
import { countProducer, nextTurn } from './turn.js'

/** The end of a stream that steps the generator: one step at a time, each paid for by a credit. */
export class Producer {
  readonly outlet: Outlet
  readonly #iterator: AnyIterator
  readonly #stepper: Stepper
  readonly #options: ServeOptions
  readonly #receive: () => boolean
  /** What the consumer asked for beside items. */
  readonly #orders: (() => Step)[] = []
  #isPumping = false
  /** Inside the iterator, which may block this thread: it can't be stepped from there. */
  #isStepping = false
  #isItemAwaited = false
  #isStopped = false
  #isTold = false

  /** `receive` takes a message that has arrived, if there is one, and tells whether there was. */
  constructor(port: StreamPort, iterator: AnyIterator, options: ServeOptions, receive: () => boolean) {
    this.#iterator = iterator
    this.#options = options
    this.#receive = receive
    this.outlet = new Outlet(port, { onSend: options.onSend, onUnsendable: error => this.reject(error) })
    this.#stepper = new Stepper(iterator, this.outlet, this.#orders)
  }

  /** Whether items are asked for that only this thread's event loop can give. */
  get needsLoop(): boolean {
    const { isPending, isAsync } = this.#stepper
    const isHeld = isPending || this.#isStepping || (isAsync && this.#isWanted)
    return isHeld && !this.outlet.isEnded
  }

  credit(items: number, bytes: number, ring?: RingWords): void {
    if (this.#isStopped) return
    if (ring !== undefined) this.outlet.lend(ring)
    this.#stepper.credit += items
    this.outlet.take(bytes)
    this.#pump()
  }

  step(value: unknown): void {
    this.#orderBeyondCredit(() => this.#iterator.next(value))
  }

  throw(error: unknown): void {
    this.#orderBeyondCredit(() => {
      if (this.#iterator.throw !== undefined) return this.#iterator.throw(error)
      this.#cleanUp()
      throw error
    })
  }

  return(value: unknown): void {
    this.#isStopped = true
    this.#stepper.credit = 0
    this.#order(() => returned(this.#iterator, value))
  }

  /**
   * The consumer waits no longer: the running step is told, then the generator is returned. One that was returned before
   * is told, too: it may be waiting for just that.
   */
  abort(reason: unknown): void {
    if (this.outlet.isEnded) return
    this.#tell(reason)
    if (!this.#isStopped) this.return(undefined)
  }

  /** The consumer is told at once that the stream can't go on, even while a step is under way. */
  reject(reason: unknown): void {
    if (this.outlet.isEnded) return
    this.#tell(reason)
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

  #tell(reason: unknown): void {
    if (this.#isTold) return
    this.#isTold = true
    this.#options.onStop?.(reason)
  }

  /** Returns the generator of a stream that fails for another reason, which is the one to tell. */
  #cleanUp(): void {
    this.#within(async () => this.#iterator.return?.()).catch(() => {})
  }

  #within<S>(steps: () => S): S {
    const { enter } = this.#options
    return enter === undefined ? steps() : enter(steps)
  }

  /** Orders a step that no credit pays for: memory that was lent has room for the credit and no more. */
  #orderBeyondCredit(run: () => Step): void {
    this.#order(() => {
      this.outlet.leaveRing()
      return run()
    })
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

  /** The iterator threw, or what it gave rejects or can't be sent: then it waits for another step. */
  #fail(error: unknown): void {
    const isLeft = this.outlet.isUnsendable || this.#isItemAwaited
    if (isLeft && !this.outlet.isEnded) this.#cleanUp()
    this.outlet.fail(error)
  }

  async #run(): Promise<void> {
    const stepper = this.#stepper
    stepper.beginTurn()
    try {
      for (;;) {
        const step = this.#nextStep()
        if (step !== undefined) {
          const result = isPromise(step) ? await stepper.stepAsync(step) : step
          if (result === undefined) continue
          if (result.done === true) {
            return this.outlet.end(
              isPromise(result.value) ? await stepper.awaiting(result.value) : result.value
            )
          }
          let item = result.value
          if (isPromise(item)) {
            this.#isItemAwaited = true
            item = await stepper.awaiting(item)
            this.#isItemAwaited = false
          }
          stepper.isPending = false
          if (this.outlet.isEnded) return
          stepper.add(item)
        } else if (stepper.isTurnOver) {
          this.outlet.flush()
          await nextTurn()
          if (this.outlet.isEnded) return
          stepper.beginTurn()
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
    const stepper = this.#stepper
    stepper.beginTurn()
    while (this.#canRunBlocked && !stepper.isTurnOver) {
      const step = this.#nextStep()
      if (step === undefined) this.#receive()
      else if (isPromise(step) || isPromise(step.value)) {
        stepper.isAsync = true
        this.#order(() => step)
      } else if (step.done === true) this.outlet.end(step.value)
      else stepper.add(step.value)
    }
  }

  get #canRunBlocked(): boolean {
    return !this.#stepper.isAsync && this.#isWanted
  }

  get #isWanted(): boolean {
    return !this.outlet.isEnded && (this.#orders.length > 0 || this.#stepper.canStep)
  }

  #nextStep(): Step | undefined {
    this.#isStepping = true
    const step = this.#orders.length > 0 ? this.#orders.shift()?.() : this.#stepper.stepOn()
    this.#isStepping = false
    return step
  }
}
