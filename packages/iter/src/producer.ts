import type { MessagePort } from 'node:worker_threads'
import { encodeThrown } from '@bridge/core/executor'
import { Batch } from './batch.js'
import type { ServeOptions } from './serve-stream.js'
import { END, FAIL, ITEMS, type ToConsumer } from './wire.js'

type AnyIterator = Iterator<unknown, unknown, unknown> | AsyncIterator<unknown, unknown, unknown>
type Result = IteratorResult<unknown, unknown>

/** How long, in milliseconds, a synchronous generator may run before its thread's other work gets a turn. */
const TURN = 5

/** The end of a stream that steps the generator: one step at a time, each paid for by a credit. */
export class Producer {
  /** Resolves once END or FAIL has been sent. */
  readonly ended: Promise<void>
  readonly #port: MessagePort
  readonly #iterator: AnyIterator
  readonly #options: ServeOptions
  readonly #batch: Batch
  /** What the consumer asked for beside items, in order; it comes before any further credit is used. */
  readonly #orders: (() => Result | Promise<Result>)[] = []
  #end!: () => void
  #credit = 0
  #flushSoon: NodeJS.Immediate | undefined
  #isPumping = false
  #isEnded = false
  #isStopped = false

  constructor(port: MessagePort, iterator: AnyIterator, options: ServeOptions) {
    this.#port = port
    this.#iterator = iterator
    this.#options = options
    this.#batch = new Batch(items => this.#post([ITEMS, items]))
    this.ended = new Promise(resolve => {
      this.#end = resolve
    })
  }

  credit(items: number): void {
    this.#credit += items
    this.#pump()
  }

  step(value: unknown): void {
    this.#order(() => this.#iterator.next(value))
  }

  throw(error: unknown): void {
    this.#order(() => {
      if (this.#iterator.throw !== undefined) return this.#iterator.throw(error)
      throw error
    })
  }

  return(value: unknown): void {
    this.#credit = 0
    this.#order(() => this.#return(value))
  }

  /** Nobody waits any more: the running step is told, then the generator is returned. */
  abort(reason: unknown): void {
    if (this.#isEnded || this.#isStopped) return
    this.#isStopped = true
    this.#options.onStop?.(reason)
    this.return(undefined)
  }

  async #return(value: unknown): Promise<Result> {
    this.#isStopped = true
    const result = (await this.#iterator.return?.(value)) ?? { done: true, value }
    // A generator may yield from its finally; whoever returned it wants none of that.
    return { done: true, value: result.value }
  }

  #order(run: () => Result | Promise<Result>): void {
    this.#orders.push(run)
    this.#pump()
  }

  async #pump(): Promise<void> {
    if (this.#isPumping || this.#isEnded) return
    this.#isPumping = true
    try {
      const { enter } = this.#options
      await (enter === undefined ? this.#run() : enter(() => this.#run()))
    } catch (error) {
      this.#finish([FAIL, encodeThrown(error)])
    }
    this.#isPumping = false
  }

  async #run(): Promise<void> {
    let turnEnds = this.#batch.begin() + TURN
    for (;;) {
      const order = this.#orders.shift()
      if (order === undefined && this.#credit === 0) break
      if (order === undefined) this.#credit--
      const step = order === undefined ? this.#iterator.next() : order()
      const result = (isPromise(step) ? await this.#awaiting(step) : step) as Result
      if (result.done === true) return this.#finish([END, result.value])
      const item = isPromise(result.value) ? await this.#awaiting(result.value) : result.value
      if (this.#batch.add(item) > turnEnds) {
        this.#batch.flush()
        await new Promise(setImmediate)
        turnEnds = this.#batch.begin() + TURN
      }
    }
    this.#batch.flush()
  }

  /** What is collected does not wait for an asynchronous step beyond this turn. */
  #awaiting<T>(step: PromiseLike<T>): PromiseLike<T> {
    // One for many steps: most of them are settled before the event loop turns.
    if (!this.#batch.isEmpty) this.#flushSoon ??= setImmediate(this.#flush)
    return step
  }

  readonly #flush = (): void => {
    this.#flushSoon = undefined
    if (this.#isEnded) return
    try {
      this.#batch.flush()
    } catch (error) {
      this.#finish([FAIL, encodeThrown(error)])
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
      this.#post([FAIL, encodeThrown(error)])
    }
    this.#end()
  }

  #post(message: ToConsumer): void {
    this.#port.postMessage(message)
    this.#options.onSend?.()
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}
