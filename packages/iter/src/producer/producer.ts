import { CallAbortedError } from '@bridge/core'
import type { AnyIterator } from '@bridge/core/executor'
import { type Steps, stepsOf } from '@bridge/core/internal'
import { countProducer, nextProducerTurn, nextTurn } from '../pacing/turn.js'
import type { RingWords } from '../protocol/number-ring.js'
import type { StreamPort } from '../protocol/port.js'
import type { ServeOptions } from './serve-stream.js'
import { isPromise, type Result, type Step, withoutItem } from './step.js'
import { Stepper } from './stepper.js'
import { StreamSender } from './stream-sender.js'

const ignore = (): void => {}

/** The producer's end of a stream: steps the generator, one step at a time, each covered by credit. */
export class Producer {
  readonly sender: StreamSender
  /** Resolves when the stream and its iterator have ended. */
  readonly ended: Promise<void>
  readonly #iterator: AnyIterator
  readonly #steps: Steps<unknown>
  readonly #stepper: Stepper
  readonly #options: ServeOptions
  readonly #receive: () => boolean
  /** Commands of the consumer other than requests for items. */
  readonly #commands: (() => Step)[] = []
  #isPumping = false
  /** A step of the iterator is running; it may block this thread, and must not be stepped again during that. */
  #isStepping = false
  #isItemAwaited = false
  #isStopped = false
  #isStopNotified = false
  /** The iterator was returned, and no items were requested since. */
  #isReturning = false
  /** The result of a return() that was called while a step was pending. */
  #left: Promise<unknown> | undefined

  /** `receive` takes a message that has arrived, and returns whether there was one. */
  constructor(port: StreamPort, iterator: AnyIterator, options: ServeOptions, receive: () => boolean) {
    this.#iterator = iterator
    this.#options = options
    this.#receive = receive
    const { onSend, stays } = options
    this.sender = new StreamSender(port, { onSend, stays, onUnsendable: error => this.reject(error) })
    this.#steps = stepsOf(iterator)
    this.#stepper = new Stepper(iterator, this.sender, this.#commands)
    this.ended = this.sender.ended.then(async () => {
      await this.#left
    })
  }

  /** Whether items are requested that only this thread's event loop can produce. */
  get needsLoop(): boolean {
    const { isPending, isAsync } = this.#stepper
    const isHeld = isPending || this.#isStepping || (isAsync && this.#isWanted)
    return isHeld && !this.sender.isEnded
  }

  credit(items: number, bytes: number, ring?: RingWords): void {
    if (!this.sender.take(bytes))
      return this.reject(new Error('stream: more bytes were taken than were sent'))
    if (this.#isStopped) return
    this.#isReturning = false
    if (ring !== undefined) this.sender.lend(ring)
    this.#stepper.credit += items
    this.#pump()
  }

  step(value: unknown): void {
    // The lent memory has room only for the credit.
    this.#enqueue(() => {
      this.sender.leaveRing()
      return this.#iterator.next(value)
    })
  }

  throw(error: unknown): void {
    // As for a return, a pending step is not awaited: a generator queues further calls by itself.
    const step = this.#stepper.isPending ? this.#within(async () => this.#steps.throw(error)) : undefined
    step?.catch(ignore)
    this.#enqueue(() => {
      this.sender.cut()
      return (step ?? this.#steps.throw(error)) as Step
    })
  }

  /**
   * Calls the iterator's return(), whose result the consumer gets, unless a pending step has not settled one turn after it
   * was notified. With `isLast` the stream ends with it, also if a generator yields from its `finally`.
   */
  return(value: unknown, isLast: boolean): void {
    if (this.sender.isEnded) return
    this.#stepper.credit = 0
    this.#isStopped = isLast
    // A pending step is not awaited, because an iterator that is not a generator may end only by return(). The return is awaited.
    const step = this.#stepper.isPending && !this.#isReturning ? this.#returnPending(value) : undefined
    this.#isReturning = true
    this.#enqueue(() => {
      this.sender.cut()
      return step ?? (this.#steps.return(value) as Step)
    })
    // A generator that has yielded from its finally would stay there for good.
    if (isLast) this.#enqueue(() => withoutItem(this.#steps.return(undefined) as Step))
  }

  /**
   * To be called when the consumer no longer waits: notifies the running step, then returns the generator. A generator that
   * was returned before is notified, too, because it may be waiting for that.
   */
  abort(reason: unknown): void {
    if (this.sender.isEnded) return
    this.#notifyStop(reason)
    if (!this.#isStopped) this.return(undefined, true)
  }

  /** Reports to the consumer at once that the stream cannot continue, even while a step is pending. */
  reject(reason: unknown): void {
    if (this.sender.isEnded) return
    this.#notifyStop(reason)
    this.#isStopped = true
    this.#cleanUp()
    this.sender.fail(reason)
  }

  /**
   * Continues while this thread is blocked: processes the consumer's messages, and steps a synchronous iterator, for one
   * turn. Returns whether there is more to do.
   */
  stepBlocked(): boolean {
    if (this.sender.isEnded || this.#isStepping) return false
    while (this.#receive()) {}
    try {
      if (this.#canRunBlocked) this.#within(() => this.#runBlocked())
      if (!this.sender.isEnded) this.sender.flush()
    } catch (error) {
      this.#fail(error)
    }
    return this.#canRunBlocked
  }

  #notifyStop(reason: unknown): void {
    if (this.#isStopNotified) return
    this.#isStopNotified = true
    this.#options.onStop?.(reason)
  }

  /** Returns the generator of a stream that fails for another reason, which is the one to report. */
  #cleanUp(): void {
    this.#within(async () => this.#iterator.return?.()).catch(() => {})
  }

  /** Calls the iterator's return() while one of its steps is pending; returns its result. */
  #returnPending(value: unknown): Step {
    this.#notifyStop(new CallAbortedError('the consumer has stopped the stream'))
    const { pending } = this.#stepper
    // Awaited separately, because the consumer may be released before.
    const step = this.#within(async () => (await this.#steps.return(value)) as Result)
    this.#left = step.catch(ignore)
    nextTurn().then(() => {
      if (this.#stepper.isPending && this.#stepper.pending === pending) this.sender.end(undefined)
    })
    return step
  }

  #within<S>(steps: () => S): S {
    const { enter } = this.#options
    return enter === undefined ? steps() : enter(steps)
  }

  #enqueue(run: () => Step): void {
    this.#commands.push(run)
    this.#pump()
  }

  async #pump(): Promise<void> {
    if (this.#isPumping || this.sender.isEnded) return
    this.#isPumping = true
    countProducer(1)
    try {
      // Commands that arrive while a run ends find `#isPumping` still set.
      do await this.#within(() => this.#run())
      while (this.#isWanted)
    } catch (error) {
      this.#fail(error)
    }
    countProducer(-1)
    this.#isPumping = false
  }

  /** The iterator threw, or its item rejects or cannot be sent; in the latter cases the iterator still has to be closed. */
  #fail(error: unknown): void {
    const isOpen = this.sender.isUnsendable || this.#isItemAwaited
    if (isOpen && !this.sender.isEnded) this.#cleanUp()
    this.sender.fail(error)
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
            return this.sender.end(
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
          if (this.sender.isEnded) return
          stepper.add(item)
        } else if (stepper.isTurnOver) {
          this.sender.flush()
          await nextProducerTurn()
          if (this.sender.isEnded) return
          stepper.beginTurn()
        } else {
          this.sender.flush()
          if (!this.#receive()) return
        }
      }
    } catch (error) {
      // Here, and at once: the thread that waits for this run may be blocked.
      this.#fail(error)
    }
  }

  /** Runs for one turn, as long as steps are synchronous; an asynchronous step is left to `#run`. */
  #runBlocked(): void {
    const stepper = this.#stepper
    stepper.beginTurn()
    while (this.#canRunBlocked && !stepper.isTurnOver) {
      const step = this.#nextStep()
      if (step === undefined) this.#receive()
      else if (isPromise(step) || isPromise(step.value)) {
        stepper.isAsync = true
        this.#enqueue(() => step)
      } else if (step.done === true) this.sender.end(step.value)
      else stepper.add(step.value)
    }
  }

  get #canRunBlocked(): boolean {
    return !this.#stepper.isAsync && this.#isWanted
  }

  get #isWanted(): boolean {
    return !this.sender.isEnded && (this.#commands.length > 0 || this.#stepper.canStep)
  }

  #nextStep(): Step | undefined {
    this.#isStepping = true
    const command = this.#commands.shift()
    const step = command === undefined ? this.#stepper.stepItems() : command()
    this.#isStepping = false
    if (command !== undefined && (typeof step !== 'object' || step === null)) {
      this.#cleanUp()
      throw new TypeError(
        `the iterator of this stream returned ${String(step)}, which is not an iterator result`
      )
    }
    return step
  }
}
