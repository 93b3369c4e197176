import { encodeThrown, type Transferable } from '@bridge/core/executor'
import { Batch } from './batch.js'
import { notCloneable } from './copy.js'
import type { StreamPort } from './port.js'
import type { ServeOptions } from './serve-stream.js'
import { countProducer, nextTurn, producerShare } from './turn.js'
import { END, FAIL, type ToConsumer } from './wire.js'

type AnyIterator = Iterator<unknown, unknown, unknown> | AsyncIterator<unknown, unknown, unknown>
type Result = IteratorResult<unknown, unknown>
type Step = Result | PromiseLike<Result>

/** So many bytes that were sent and not taken hold the producer back, whatever its credit. */
const MAX_BYTES_AHEAD = 1024 * 1024

/** The end of a stream that steps the generator: one step at a time, each paid for by a credit. */
export class Producer {
  /** Resolves once END or FAIL has been sent. */
  readonly ended: Promise<void>
  readonly #port: StreamPort
  readonly #iterator: AnyIterator
  readonly #options: ServeOptions
  readonly #receive: () => boolean
  readonly #batch: Batch
  /** What the consumer asked for beside items, in order; it comes before any further credit is used. */
  readonly #orders: (() => Step)[] = []
  #end!: () => void
  #credit = 0
  #bytesAhead = 0
  #turnEnds = 0
  #isTurnOver = false
  #flushSoon: NodeJS.Immediate | undefined
  #isPumping = false
  #isEnded = false
  #isStopped = false
  #isUnsendable = false

  /** `receive` takes a message that has arrived, if there is one, and tells whether there was. */
  constructor(port: StreamPort, iterator: AnyIterator, options: ServeOptions, receive: () => boolean) {
    this.#port = port
    this.#iterator = iterator
    this.#options = options
    this.#receive = receive
    this.#batch = new Batch((packet, bytes, moves) => {
      this.#bytesAhead += bytes
      this.#post(packet, moves)
    })
    this.ended = new Promise(resolve => {
      this.#end = resolve
    })
  }

  credit(items: number, bytes: number): void {
    if (this.#isStopped) return
    this.#credit += items
    this.#bytesAhead -= bytes
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
    this.#order(() => this.#return(value))
  }

  /** Nobody waits any more: the running step is told, then the generator is returned. */
  abort(reason: unknown): void {
    if (this.#isEnded || this.#isStopped) return
    this.#options.onStop?.(reason)
    this.return(undefined)
  }

  /** The consumer is told at once that the stream can't go on, even while a step is under way. */
  reject(reason: unknown): void {
    if (this.#isEnded) return
    if (!this.#isStopped) this.#options.onStop?.(reason)
    this.#isStopped = true
    this.#cleanUp()
    this.#finish([FAIL, encodeThrown(reason)])
  }

  async #return(value: unknown): Promise<Result> {
    const result = (await this.#iterator.return?.(value)) ?? { done: true, value }
    // A generator may yield from its finally; whoever returned it wants none of that.
    return { done: true, value: result.value }
  }

  /** Returns the generator of a stream that fails for another reason, which is the one to tell. */
  #cleanUp(): void {
    const { enter = steps => steps() } = this.#options
    enter(async () => this.#iterator.return?.()).catch(() => {})
  }

  #order(run: () => Step): void {
    this.#orders.push(run)
    this.#pump()
  }

  async #pump(): Promise<void> {
    if (this.#isPumping || this.#isEnded) return
    this.#isPumping = true
    countProducer(1)
    try {
      const { enter } = this.#options
      // What comes while a run is ending finds this one still pumping.
      do await (enter === undefined ? this.#run() : enter(() => this.#run()))
      while (!this.#isEnded && (this.#orders.length > 0 || this.#canStep))
    } catch (error) {
      if (this.#isUnsendable) this.#cleanUp()
      this.#finish([FAIL, encodeThrown(error)])
    }
    countProducer(-1)
    this.#isPumping = false
  }

  async #run(): Promise<void> {
    this.#beginTurn()
    for (;;) {
      const step = this.#orders.length > 0 ? this.#orders.shift()?.() : this.#stepOn()
      if (step !== undefined) {
        const result = isPromise(step) ? await this.#stepAsync(step) : step
        if (result === undefined) continue
        if (result.done === true) return this.#finish([END, result.value])
        if (isPromise(result.value)) this.#flushBeforeTurn()
        const item = isPromise(result.value) ? await result.value : result.value
        if (this.#isEnded) return
        this.#add(item)
      } else if (this.#isTurnOver) {
        this.#batch.flush()
        await nextTurn()
        if (this.#isEnded) return
        this.#beginTurn()
      } else {
        this.#batch.flush()
        if (!this.#receive()) return
      }
    }
  }

  get #canStep(): boolean {
    return this.#credit > 0 && this.#bytesAhead < MAX_BYTES_AHEAD
  }

  #beginTurn(): void {
    this.#isTurnOver = false
    this.#turnEnds = this.#batch.begin() + producerShare()
  }

  /** Steps as far as the credit and this turn last; gives the first step that is more than an item. */
  #stepOn(): Step | undefined {
    const iterator = this.#iterator
    while (this.#canStep && !this.#isTurnOver) {
      this.#credit--
      const step = iterator.next()
      if (isPromise(step) || step.done === true || isPromise(step.value)) return step
      this.#add(step.value)
    }
    return undefined
  }

  /**
   * The same for steps that are promises, from this one on. A function of its own: what an await costs grows with
   * the function around it.
   */
  async #stepAsync(first: PromiseLike<Result>): Promise<Result | undefined> {
    const iterator = this.#iterator
    let step: Step = first
    while (isPromise(step)) {
      this.#flushBeforeTurn()
      const result: Result = await step
      if (result.done === true || this.#isEnded || isPromise(result.value)) return result
      this.#add(result.value)
      if (!this.#canStep || this.#isTurnOver || this.#orders.length > 0) return undefined
      this.#credit--
      step = iterator.next()
    }
    return step
  }

  #add(item: unknown): void {
    this.#isUnsendable = true
    if (this.#batch.add(item) > this.#turnEnds) this.#isTurnOver = true
    this.#isUnsendable = false
  }

  /** What is collected does not wait for an asynchronous step beyond this turn. */
  #flushBeforeTurn(): void {
    // One for many steps: most of them are settled before the event loop turns.
    if (this.#flushSoon === undefined && !this.#batch.isEmpty) this.#flushSoon = setImmediate(this.#flush)
  }

  readonly #flush = (): void => {
    this.#flushSoon = undefined
    if (this.#isEnded) return
    try {
      this.#batch.flush()
    } catch (error) {
      this.reject(error)
    }
  }

  #finish(message: ToConsumer): void {
    if (this.#isEnded) return
    this.#isEnded = true
    clearImmediate(this.#flushSoon)
    try {
      this.#batch.flush()
      this.#post(message)
    } catch (error) {
      this.#post([FAIL, encodeThrown(notCloneable('result', error))])
    }
    this.#end()
  }

  #post(message: ToConsumer, moves: readonly Transferable[] = []): void {
    this.#port.postMessage(message, moves)
    this.#options.onSend?.()
  }
}

function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && typeof (value as PromiseLike<T>).then === 'function'
}
