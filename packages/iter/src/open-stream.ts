import type { MessagePort } from 'node:worker_threads'
import {
  checkCount,
  checkMilliseconds,
  checkOptions,
  hideFrames,
  refuse,
  type StreamSource,
  streamSource
} from '@bridge/core/executor'
import type { Blocker } from './blocker.js'
import { Consumer } from './consumer.js'

/** What `openStream` can be told. */
export interface OpenOptions {
  /** The most items that may be produced ahead of the consumer; 1024 unless set. */
  highWaterMark?: number | undefined
  /**
   * Makes each pull one step of the generator, with nothing produced ahead, so that `next(value)`, `throw(error)`
   * and `return(value)` meet it exactly where it stands. Slower; off unless set.
   */
  twoWay?: boolean | undefined
  /** Milliseconds that `break` and `return()` wait for the producer's `finally`; 1000 unless set. */
  closeTimeout?: number | undefined
  /** How this thread waits for items in a blocking `for`; without one, only `for await` works. */
  blocker?: Blocker | undefined
  /** Called once, when the producer has ended or has gone. */
  onEnd?: (() => void) | undefined
  /** Called when the stream was stopped and `closeTimeout` has passed, but the producer has not ended. */
  onStuck?: (() => void) | undefined
}

/** A stream that arrives over a port. */
export interface PortStream<T, R = unknown, N = unknown>
  extends StreamSource<T, R, N>,
    AsyncIterable<T>,
    Iterable<T> {
  /** Ends it from outside; holding it does not keep the stream from being collected when its user drops it. */
  readonly control: StreamControl
}

/** The hand that an executor keeps on a stream it has given away. */
export interface StreamControl {
  /** Ends it from this side: whoever pulls gets `reason`, and the producer is told to stop. */
  abort(reason: unknown): void
  /** Ends it because the other side has gone. */
  fail(error: unknown): void
  /** Resolves when the producer has ended, its `finally` included, or has gone. */
  readonly ended: Promise<void>
}

hideFrames(import.meta.url)

// A stream that is dropped without being closed must still stop its producer.
const dropped = new FinalizationRegistry<Consumer>(consumer => {
  consumer.return(undefined).catch(() => {})
})

/**
 * Takes the items of a stream that `serveStream` produces at the other end of the port. The port is closed when
 * the stream ends. A stream is lazy: nothing is asked for before the first pull.
 *
 * @throws InvalidArgumentError when an argument makes no sense.
 * @throws WorkerLostError (on a pull) when the producing thread ends before the stream does.
 * @example
 * ```ts
 * for await (const p of openStream<number>(port)) {
 *   if (p > 100) break // the generator at the other end has run its finally when this line is left
 * }
 * ```
 */
export function openStream<T, R = unknown, N = unknown>(
  port: MessagePort,
  options: OpenOptions = {}
): PortStream<T, R, N> {
  if (typeof (port as Partial<MessagePort>)?.postMessage !== 'function') {
    refuse('openStream()', 'port must be a MessagePort', port)
  }
  checkOptions('openStream()', options, [
    'highWaterMark',
    'twoWay',
    'closeTimeout',
    'blocker',
    'onEnd',
    'onStuck'
  ])
  checkCount('openStream()', 'highWaterMark', options.highWaterMark, 1)
  checkMilliseconds('openStream()', 'closeTimeout', options.closeTimeout)
  const consumer = new Consumer(port, {
    window: options.twoWay === true ? 0 : (options.highWaterMark ?? 1024),
    closeTimeout: options.closeTimeout ?? 1000,
    blocker: options.blocker,
    onEnd: options.onEnd,
    onStuck: options.onStuck
  })
  const stream = streamSource(new ConsumerStream(consumer))
  dropped.register(stream, consumer)
  return stream as unknown as PortStream<T, R, N>
}

/** What the user holds; the consumer behind it stays known to its port when the user lets go. */
class ConsumerStream implements PortStream<unknown, unknown, unknown> {
  readonly #consumer: Consumer
  readonly blocking?: NonNullable<StreamSource['blocking']>

  constructor(consumer: Consumer) {
    this.#consumer = consumer
    if (consumer.blocker === undefined) return
    this.blocking = {
      next: value => this.#consumer.nextBlocking(value),
      return: value => this.#consumer.returnBlocking(value),
      throw: error => this.#consumer.throwBlocking(error)
    }
  }

  get control(): StreamControl {
    return this.#consumer
  }

  next(value?: unknown): Promise<IteratorResult<unknown>> {
    return this.#consumer.next(value)
  }

  return(value?: unknown): Promise<IteratorResult<unknown>> {
    return this.#consumer.return(value)
  }

  throw(error: unknown): Promise<IteratorResult<unknown>> {
    return this.#consumer.throw(error)
  }

  [Symbol.asyncIterator](): AsyncIterator<unknown> {
    return this
  }

  [Symbol.iterator](): Iterator<unknown> {
    if (this.blocking === undefined)
      return refuse('openStream()', 'a blocking for needs the option blocker', undefined)
    return { ...this.blocking }
  }
}
