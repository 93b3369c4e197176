import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { WorkerLostError } from '@bridge/core'
import { callerFrames, decodeThrown, encodeThrown, waitAtMost } from '@bridge/core/executor'
import type { Blocker } from './blocker.js'
import { type Ending, Inbox } from './inbox.js'
import { Turns } from './turns.js'
import {
  ABORT,
  CREDIT,
  END,
  FAIL,
  ITEMS,
  RETURN,
  STEP,
  THROW,
  type ToConsumer,
  type ToProducer,
  unknownMessage,
  VERSION
} from './wire.js'

type Result = IteratorResult<unknown, unknown>

/** What a consumer is told. */
export interface ConsumerOptions {
  /** The most items that may be produced ahead; zero when each pull is to be one step. */
  readonly window: number
  /** Milliseconds that stopping waits for the producer's `finally`. */
  readonly closeTimeout: number
  readonly blocker: Blocker | undefined
  /** Called once, when the producer has ended or has gone. */
  readonly onEnd: (() => void) | undefined
  /** Called when stopping has waited for `closeTimeout` in vain. */
  readonly onStuck: (() => void) | undefined
}

/** The end of a stream that takes the items. */
export class Consumer {
  /** Resolves when the producer has ended, its `finally` included, or has gone. */
  readonly ended: Promise<void>
  readonly #port: MessagePort
  readonly #options: ConsumerOptions
  readonly #inbox: Inbox
  #resolveEnded!: () => void
  #wake: (() => void) | undefined
  readonly #turns = new Turns()
  #isStopped = false
  /** How the stream ends because this side said so, whatever the producer says of it. */
  #aborted: Ending | undefined
  #isClosed = false

  constructor(port: MessagePort, options: ConsumerOptions) {
    this.#port = port
    this.#options = options
    this.#inbox = new Inbox(options.window, credit => {
      if (!this.#isStopped) this.#post([CREDIT, credit, VERSION])
    })
    this.ended = new Promise(resolve => {
      this.#resolveEnded = resolve
    })
    port.on('message', this.#onMessage)
    port.on('close', this.#onClose)
    // An open stream that nobody pulls from keeps no process alive.
    port.unref()
  }

  get blocker(): Blocker | undefined {
    return this.#options.blocker
  }

  next(value?: unknown): Promise<Result> {
    if (this.#isStep(value)) this.#post([STEP, value])
    else if (this.#turns.isFree) {
      try {
        const taken = this.#inbox.take()
        if (taken !== undefined) return Promise.resolve(taken)
      } catch (error) {
        return Promise.reject(error)
      }
    }
    return this.#pull()
  }

  async return(value: unknown): Promise<Result> {
    this.#stop()
    if (!this.#inbox.hasEnded) {
      this.#post([RETURN, value])
      await this.#untilEnded()
    }
    return this.#returned(value)
  }

  throw(error: unknown): Promise<Result> {
    this.#inbox.drop()
    if (this.#inbox.hasEnded) return Promise.reject(error)
    this.#post([THROW, encodeThrown(error)])
    return this.#pull()
  }

  nextBlocking(value?: unknown): Result {
    if (this.#isStep(value)) this.#post([STEP, value])
    return this.#takeBlocking()
  }

  returnBlocking(value: unknown): Result {
    this.#stop()
    if (!this.#inbox.hasEnded) this.#post([RETURN, value])
    this.#block(() => this.#inbox.hasEnded, this.#options.closeTimeout)
    if (!this.#inbox.hasEnded) this.#options.onStuck?.()
    return this.#returned(value)
  }

  throwBlocking(error: unknown): Result {
    this.#inbox.drop()
    if (this.#inbox.hasEnded) throw error
    this.#post([THROW, encodeThrown(error)])
    return this.#takeBlocking()
  }

  /**
   * Ends the stream from this side: the producer is told to stop, and whoever pulls gets `reason`, once the producer
   * has cleaned up or `closeTimeout` has passed.
   */
  abort(reason: unknown): void {
    if (this.#inbox.hasEnded || this.#aborted !== undefined) return
    this.#stop()
    this.#aborted = { thrown: () => reason }
    this.#post([ABORT, encodeThrown(reason)])
    waitAtMost(this.ended, this.#options.closeTimeout).then(() => {
      this.#inbox.end({ thrown: () => reason })
      this.#arrived()
    })
  }

  /** The other side has gone, and nothing more can come. */
  fail(error: unknown): void {
    this.#close({ thrown: () => error })
  }

  #isStep(value: unknown): boolean {
    return (value !== undefined || this.#options.window === 0) && !this.#inbox.hasEnded
  }

  async #pull(): Promise<Result> {
    if (this.#turns.isFree) this.#port.ref()
    try {
      return await this.#turns.take(async () => {
        for (;;) {
          const taken = this.#inbox.take()
          if (taken !== undefined) return taken
          await new Promise<void>(resolve => {
            this.#wake = resolve
          })
        }
      })
    } finally {
      if (this.#turns.isFree && !this.#isClosed) this.#port.unref()
    }
  }

  #takeBlocking(): Result {
    let taken = this.#inbox.take()
    if (taken === undefined) {
      this.#block(() => {
        taken = this.#inbox.take()
        return taken !== undefined
      })
    }
    return taken as unknown as Result
  }

  #block(isDone: () => boolean, timeout?: number): void {
    const received = (): boolean => {
      for (let next = this.#receive(); next !== undefined; next = this.#receive()) this.#onMessage(next)
      return isDone()
    }
    this.#options.blocker?.blockUntil(received, timeout)
  }

  #receive(): ToConsumer | undefined {
    return receiveMessageOnPort(this.#port)?.message as ToConsumer | undefined
  }

  async #untilEnded(): Promise<void> {
    this.#port.ref()
    if (!(await waitAtMost(this.ended, this.#options.closeTimeout))) this.#options.onStuck?.()
    if (!this.#isClosed) this.#port.unref()
  }

  /** What stopping gives: an error that the generator's `finally` threw is not lost. */
  #returned(value: unknown): Result {
    if (!this.#inbox.hasEnded) return { done: true, value }
    const end = this.#inbox.take()
    return { done: true, value: end?.value ?? value }
  }

  readonly #onMessage = (message: ToConsumer): void => {
    switch (message[0]) {
      case ITEMS:
        if (!this.#isStopped) this.#inbox.add(message[1])
        return this.#arrived()
      case END:
        return this.#close({ value: message[1] })
      case FAIL: {
        const thrown = message[1]
        // Decoded when it is taken: only then does the stack show who took it.
        return this.#close({ thrown: () => decodeThrown(thrown, callerFrames()) })
      }
      default:
        return this.abort(unknownMessage(message))
    }
  }

  readonly #onClose = (): void =>
    this.fail(new WorkerLostError('the thread that produced this stream has gone'))

  /** What was produced ahead, and what is still on its way, nobody wants any more. */
  #stop(): void {
    this.#isStopped = true
    this.#inbox.drop()
  }

  #arrived(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }

  #close(ending: Ending): void {
    if (this.#isClosed) return
    this.#inbox.end(this.#aborted ?? ending)
    this.#isClosed = true
    this.#port.off('message', this.#onMessage)
    this.#port.off('close', this.#onClose)
    this.#port.close()
    this.#resolveEnded()
    this.#options.onEnd?.()
    this.#arrived()
  }

  #post(message: ToProducer): void {
    if (!this.#isClosed) this.#port.postMessage(message)
  }
}
