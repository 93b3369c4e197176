import { CallAbortedError } from '@bridge/core'
import type { AnyIterator } from '@bridge/core/executor'
import { type Steps, stepsOf } from '@bridge/core/internal'
import type { RingWords } from './number-ring.js'
import { Outlet } from './outlet.js'
import type { StreamPort } from './port.js'
import type { ServeOptions } from './serve-stream.js'
import { isPromise, type Result, type Step, withoutItem } from './step.js'
import { Stepper } from './stepper.js'
import { countProducer, nextProducerTurn, nextTurn } from './turn.js'

const ignore = (): void => {}

/** The end of a stream that steps the generator: one step at a time, each paid for by a credit. */
export class Producer {
  readonly outlet: Outlet
  /** Resolves when the stream has ended and its iterator, too. */
  readonly ended: Promise<void>
  readonly #iterator: AnyIterator
  readonly #steps: Steps<unknown>
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
  /** It was returned, and not asked for items since. */
  #isReturning = false
  /** How the iterator ends that was returned while a step was under way. */
  #left: Promise<unknown> | undefined

  /** `receive` takes a message that has arrived, if there is one, and tells whether there was. */
  constructor(port: StreamPort, iterator: AnyIterator, options: ServeOptions, receive: () => boolean) {
    this.#iterator = iterator
    this.#options = options
    this.#receive = receive
    const { onSend, stays } = options
    this.outlet = new Outlet(port, { onSend, stays, onUnsendable: error => this.reject(error) })
    this.#steps = stepsOf(iterator)
    this.#stepper = new Stepper(iterator, this.outlet, this.#orders)
    this.ended = this.outlet.ended.then(async () => {
      await this.#left
    })
  }

  /** Whether items are asked for that only this thread's event loop can give. */
  get needsLoop(): boolean {
    const { isPending, isAsync } = this.#stepper
    const isHeld = isPending || this.#isStepping || (isAsync && this.#isWanted)
    return isHeld && !this.outlet.isEnded
  }

  credit(items: number, bytes: number, ring?: RingWords): void {
    if (!this.outlet.take(bytes)) return this.reject(new Error('stream: more was taken than was sent'))
    if (this.#isStopped) return
    this.#isReturning = false
    if (ring !== undefined) this.outlet.lend(ring)
    this.#stepper.credit += items
    this.#pump()
  }

  step(value: unknown): void {
    // Memory that was lent has room for the credit and no more.
    this.#order(() => {
      this.outlet.leaveRing()
      return this.#iterator.next(value)
    })
  }

  throw(error: unknown): void {
    // A step under way is not waited for, as of a return: a generator takes what comes meanwhile in order by itself.
    const step = this.#stepper.isPending ? this.#within(async () => this.#steps.throw(error)) : undefined
    step?.catch(ignore)
    this.#order(() => {
      this.outlet.cut()
      return (step ?? this.#steps.throw(error)) as Step
    })
  }

  /**
   * Returns the iterator, whose answer the consumer gets; it has none where the step under way has not settled one turn
   * after it was told. With `isLast` the stream ends with it, also where a generator yields from its `finally`.
   */
  return(value: unknown, isLast: boolean): void {
    if (this.outlet.isEnded) return
    this.#stepper.credit = 0
    this.#isStopped = isLast
    // A step under way is not waited for: an iterator of another making may end only by that. Its return is.
    const step = this.#stepper.isPending && !this.#isReturning ? this.#returnPending(value) : undefined
    this.#isReturning = true
    this.#order(() => {
      this.outlet.cut()
      return step ?? (this.#steps.return(value) as Step)
    })
    // A generator that has yielded from its finally stands there for good.
    if (isLast) this.#order(() => withoutItem(this.#steps.return(undefined) as Step))
  }

  /**
   * The consumer waits no longer: the running step is told, then the generator is returned. One that was returned before
   * is told, too: it may be waiting for just that.
   */
  abort(reason: unknown): void {
    if (this.outlet.isEnded) return
    this.#tell(reason)
    if (!this.#isStopped) this.return(undefined, true)
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

  /** Returns the iterator while one of its steps is under way; gives how that ends. */
  #returnPending(value: unknown): Step {
    this.#tell(new CallAbortedError('the stream was left by its consumer'))
    const { pending } = this.#stepper
    // Awaited by itself where the consumer is released before.
    const step = this.#within(async () => (await this.#steps.return(value)) as Result)
    this.#left = step.catch(ignore)
    nextTurn().then(() => {
      if (this.#stepper.isPending && this.#stepper.pending === pending) this.outlet.end(undefined)
    })
    return step
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
          await nextProducerTurn()
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
    const order = this.#orders.shift()
    const step = order === undefined ? this.#stepper.stepOn() : order()
    this.#isStepping = false
    if (order !== undefined && (typeof step !== 'object' || step === null)) {
      this.#cleanUp()
      throw new TypeError(
        `the iterator of this stream gave ${String(step)}, which is no result of an iterator`
      )
    }
    return step
  }
}
