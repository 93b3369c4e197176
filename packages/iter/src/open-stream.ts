import { WorkerLostError } from '@bridge/core'
import { type StreamSource, streamSource } from '@bridge/core/executor'
import {
  checkCount,
  checkFunction,
  checkMilliseconds,
  checkOptions,
  checkSignal,
  hideFrames,
  refuse
} from '@bridge/core/internal'
import { AwaitedSide } from './awaited-side.js'
import type { Blocker } from './blocker.js'
import { BlockingSide } from './blocking-side.js'
import { Consumer } from './consumer.js'
import { WIDEST } from './inbox.js'
import { itemLate, late, watchStream } from './limits.js'
import type { Live } from './lost.js'
import { afterClose, type StreamPort, streamPort } from './port.js'
import type { StreamProgress } from './progress.js'

/** What `openStream` can be told. */
export interface OpenOptions {
  /**
   * The most items that may be produced ahead of the consumer; about a megabyte of them holds the producer back, too.
   * With 0 an item is made when it is asked for. Unless set, 8192, and up to 65,536 for a consumer that takes them so fast that these are a few milliseconds ahead.
   */
  highWaterMark?: number | undefined
  /**
   * Makes each pull one step of the generator, with nothing produced ahead, so that `next(value)` gives it the value;
   * without it a value is refused. Slower; off unless set.
   */
  twoWay?: boolean | undefined
  /**
   * How many items the producer was asked for already, by whoever had it serve the stream: what its `serveStream` was
   * given as `asked`. None unless set.
   */
  asked?: number | undefined
  /** Milliseconds that `break` and `return()` wait for the producer's `finally`; 1000 unless set. */
  closeTimeout?: number | undefined
  /** Milliseconds the whole stream may take from now on; then it is aborted, and the pull throws CallTimeoutError. */
  timeout?: number | undefined
  /** Milliseconds one pull may wait for its item; then the stream is aborted, and the pull throws CallTimeoutError. */
  itemTimeout?: number | undefined
  /** Aborts the stream; the pull throws its `reason`. */
  signal?: AbortSignal | undefined
  /** How this thread waits for items in a blocking `for`; without one, only `for await` works. */
  blocker?: Blocker | undefined
  /** Called after each message to the producer, to wake one whose thread is blocked. */
  onSend?: (() => void) | undefined
  /** Gives what stands here for what stays where the stream is produced, as its `serveStream` says by `stays`. */
  live?: Live | undefined
  /**
   * Whether the port is left open where the producer has said that it ended, for another stream once both ends are done
   * with this one; false unless set.
   */
  keepPort?: boolean | undefined
  /**
   * Called once, when the producer has ended, has gone or is no longer waited for; with whether the port was left open.
   * Nothing more of this stream is sent over it then.
   */
  onEnd?: ((isKept: boolean) => void) | undefined
  /** Called when a pull has waited for `itemTimeout`, in place of aborting the stream; it must end it in its own way. */
  onItemLate?: (() => void) | undefined
  /** Called when the producer's end was closed, with what fails the stream for it; at once, unless set. */
  onGone?: ((fail: () => void) => void) | undefined
  /**
   * Called when the stream was stopped and `closeTimeout` has passed, but the producer has not ended: it is no longer
   * waited for then, and what it says later is discarded. Where it gives a number, the producer is waited for so many
   * milliseconds more, and then it is called again.
   */
  onStuck?: (() => number | undefined) | undefined
}

/** A stream that arrives over a port. */
export interface PortStream<T, R = unknown, N = unknown>
  extends StreamSource<T, R, N>,
    AsyncIterable<T>,
    Iterable<T> {
  /** Ends it from outside; holding it does not keep the stream from being collected when its user drops it. */
  readonly control: StreamControl
  /** How far it has come, as it is now. */
  readonly progress: StreamProgress
}

/** The hand that an executor keeps on a stream it has given away. */
export interface StreamControl {
  /** Ends it from this side: whoever pulls gets `reason`, and the producer is told to stop. */
  abort(reason: unknown): void
  /** Ends it because the other side has gone. */
  fail(error: unknown): void
  /** Resolves when the producer has ended, its `finally` included, has gone or is no longer waited for. */
  readonly ended: Promise<void>
  /** How far the stream has come, as it is now. */
  readonly progress: StreamProgress
}

const OPTIONS = [
  'highWaterMark',
  'twoWay',
  'asked',
  'closeTimeout',
  'timeout',
  'itemTimeout',
  'signal',
  'blocker',
  'onSend',
  'live',
  'keepPort',
  'onEnd',
  'onItemLate',
  'onGone',
  'onStuck'
]

hideFrames(import.meta.url)

// A stream that is dropped without being closed must still stop its producer.
const dropped = /* @__PURE__ */ new FinalizationRegistry<Consumer>(consumer => {
  consumer.drop()
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
  given: StreamPort,
  options: OpenOptions = {}
): PortStream<T, R, N> {
  const port = streamPort('openStream()', given)
  check(options)
  const {
    asked = 0,
    closeTimeout = 1000,
    timeout,
    itemTimeout,
    onSend,
    onEnd,
    onStuck,
    onGone = fail => fail(),
    onItemLate = () => consumer.abort(itemLate(itemTimeout as number))
  } = options
  const window = windowOf(options)
  const consumer = new Consumer(port, {
    window,
    isTwoWay: options.twoWay === true,
    widest: options.highWaterMark === undefined ? WIDEST : window,
    asked,
    closeTimeout,
    onSend,
    onStuck,
    live: options.live,
    keepPort: options.keepPort === true,
    onEnd: isKept => {
      port.off('close', onClose)
      stopWatching()
      onEnd?.(isKept)
    }
  })
  const onClose = afterClose(
    () => {
      consumer.takeHeld()
      if (!consumer.hasEnded)
        onGone(() => consumer.fail(new WorkerLostError('the thread that produced this stream has gone')))
    },
    () => !consumer.hasEnded && consumer.receive()
  )
  port.on('close', onClose)
  const stopWatching = watchStream(options, reason => consumer.abort(reason))
  const limits = {
    closeTimeout,
    itemTimeout,
    deadline: timeout === undefined ? undefined : performance.now() + timeout,
    onItemLate: () => onItemLate(),
    onDeadline: () => consumer.abort(late(timeout as number))
  }
  const blocking =
    options.blocker === undefined ? undefined : new BlockingSide(consumer, options.blocker, limits)
  const stream = streamSource(new ConsumerStream(consumer, new AwaitedSide(consumer, limits), blocking))
  dropped.register(stream, consumer)
  return stream as unknown as PortStream<T, R, N>
}

/** The widest window that is one. */
const MOST = 2 ** 31

function windowOf({ twoWay, highWaterMark = 8192 }: OpenOptions): number {
  // Beyond that it is none.
  return twoWay === true ? 0 : highWaterMark > MOST ? Infinity : highWaterMark
}

function check(options: OpenOptions): void {
  const where = 'openStream()'
  checkOptions(where, options, OPTIONS)
  checkCount(where, 'highWaterMark', options.highWaterMark, 0)
  checkCount(where, 'asked', options.asked, 0)
  if (typeof (options.twoWay ?? false) !== 'boolean')
    refuse(where, 'twoWay must be a boolean', options.twoWay)
  if ((options.asked ?? 0) > windowOf(options)) {
    refuse(
      where,
      'asked must be at most what the window holds (highWaterMark; none where twoWay)',
      options.asked
    )
  }
  for (const name of ['closeTimeout', 'timeout', 'itemTimeout'] as const) {
    checkMilliseconds(where, name, options[name])
  }
  for (const name of ['onSend', 'live', 'onEnd', 'onItemLate', 'onGone', 'onStuck'] as const) {
    if (options[name] !== undefined) checkFunction(where, name, options[name])
  }
  if (options.blocker !== undefined) {
    checkFunction(where, 'blocker.blockUntil', (options.blocker as Partial<Blocker> | null)?.blockUntil)
  }
  checkSignal(where, options.signal)
}

/** What the user holds; the consumer behind it stays known to its port when the user lets go. */
class ConsumerStream implements PortStream<unknown, unknown, unknown> {
  readonly #consumer: Consumer
  readonly #awaited: AwaitedSide
  readonly #blocking: BlockingSide | undefined
  readonly blocking?: NonNullable<StreamSource['blocking']>

  constructor(consumer: Consumer, awaited: AwaitedSide, blocking: BlockingSide | undefined) {
    this.#consumer = consumer
    this.#awaited = awaited
    this.#blocking = blocking
    if (blocking === undefined) return
    // By way of the stream, which must not be collected while it is iterated.
    this.blocking = {
      next: value => (this.#blocking as BlockingSide).next(value),
      return: value => (this.#blocking as BlockingSide).return(value),
      throw: error => (this.#blocking as BlockingSide).throw(error)
    }
  }

  get control(): StreamControl {
    return this.#consumer
  }

  get progress(): StreamProgress {
    return this.#consumer.progress
  }

  next(value?: unknown): Promise<IteratorResult<unknown>> {
    return this.#awaited.next(value)
  }

  return(value?: unknown): Promise<IteratorResult<unknown>> {
    return this.#awaited.return(value)
  }

  throw(error: unknown): Promise<IteratorResult<unknown>> {
    return this.#awaited.throw(error)
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
