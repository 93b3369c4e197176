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
import type { Live } from '../protocol/lost.js'
import { afterClose, type StreamPort, streamPort } from '../protocol/port.js'
import { AwaitedSide } from './awaited-side.js'
import type { Blocker } from './blocker.js'
import { BlockingSide } from './blocking-side.js'
import { Consumer } from './consumer.js'
import { WIDEST } from './inbox.js'
import { itemLate, late, watchStream } from './limits.js'
import type { StreamProgress } from './progress.js'

/** Options of `openStream`. */
export interface OpenOptions {
  /**
   * The maximum number of items that may be produced ahead of the consumer; about a megabyte of them also makes the
   * producer pause. With 0 an item is made when it is pulled. By default 8192, and up to 65,536 for a consumer that takes
   * them so fast that these are a few milliseconds ahead.
   */
  highWaterMark?: number | undefined
  /**
   * Makes each pull one step of the generator, with nothing produced ahead, so that `next(value)` passes it the value;
   * without it a value is refused. Slower; off by default.
   */
  twoWay?: boolean | undefined
  /**
   * How many items were requested from the producer already, by the call that made the stream: the option `asked` of its
   * `serveStream`. None by default.
   */
  asked?: number | undefined
  /** Milliseconds that `break` and `return()` wait for the producer's `finally`; 1000 by default. */
  closeTimeout?: number | undefined
  /** Milliseconds the whole stream may take from now on; then it is aborted, and the pull throws CallTimeoutError. */
  timeout?: number | undefined
  /** Milliseconds one pull may wait for its item; then the stream is aborted, and the pull throws CallTimeoutError. */
  itemTimeout?: number | undefined
  /** Aborts the stream; the pull throws its `reason`. */
  signal?: AbortSignal | undefined
  /** How this thread waits for items in a blocking `for`; without one, only `for await` works. */
  blocker?: Blocker | undefined
  /** Called after each message to the producer, to wake its thread if it is blocked. */
  onSend?: (() => void) | undefined
  /** Returns a stub for each reference to something that stays on the producer's thread, by `stays` of `serveStream`. */
  live?: Live | undefined
  /**
   * Whether the port is left open when the producer has reported its end, for another stream once both ends are done;
   * false by default.
   */
  keepPort?: boolean | undefined
  /**
   * Called once, when the producer has ended, is gone or is no longer waited for; `isKept` is whether the port was left
   * open. Nothing more of this stream is sent over it then.
   */
  onEnd?: ((isKept: boolean) => void) | undefined
  /** Called when a pull has waited for `itemTimeout`, instead of aborting the stream; it must end the stream itself. */
  onItemLate?: (() => void) | undefined
  /** Called when the producer's end was closed; `fail` fails the stream. By default it fails at once. */
  onGone?: ((fail: () => void) => void) | undefined
  /**
   * Called when the stream was stopped and `closeTimeout` has passed, but the producer has not ended. If it returns a
   * number, the consumer waits that many milliseconds more, and then calls it again; otherwise it waits no longer, and
   * later messages of the producer are discarded.
   */
  onStuck?: (() => number | undefined) | undefined
}

/** A stream that arrives over a port. */
export interface PortStream<T, R = unknown, N = unknown>
  extends StreamSource<T, R, N>,
    AsyncIterable<T>,
    Iterable<T> {
  /** Ends it from outside; a reference to it does not prevent the stream from being garbage-collected. */
  readonly control: StreamControl
  /** The current progress. */
  readonly progress: StreamProgress
}

/** Controls a stream that an executor has passed to its caller. */
export interface StreamControl {
  /** Ends the stream from the consumer's side: the pending pull rejects with `reason`, and the producer stops. */
  abort(reason: unknown): void
  /** Ends it because the producer is gone. */
  fail(error: unknown): void
  /** Resolves when the producer has ended, including its `finally`, is gone or is no longer waited for. */
  readonly ended: Promise<void>
  /** The current progress of the stream. */
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
 * Receives the items of a stream that `serveStream` produces at the other end of the port. The port is closed when the
 * stream ends. A stream is lazy: nothing is requested before the first pull.
 *
 * @throws InvalidArgumentError when an argument is invalid.
 * @throws WorkerLostError (on a pull) when the producing thread ends before the stream does.
 * @example
 * ```ts
 * for await (const p of openStream<number>(port)) {
 *   if (p > 100) break // the producer's `finally` has run before the next line
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
      consumer.takeBuffered()
      if (!consumer.hasEnded)
        onGone(() => consumer.fail(new WorkerLostError('the thread that produced this stream is gone')))
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

/** A larger window counts as infinite. */
const MAX_WINDOW = 2 ** 31

function windowOf({ twoWay, highWaterMark = 8192 }: OpenOptions): number {
  return twoWay === true ? 0 : highWaterMark > MAX_WINDOW ? Infinity : highWaterMark
}

function check(options: OpenOptions): void {
  const where = 'openStream()'
  checkOptions(where, options, OPTIONS)
  checkCount(where, 'highWaterMark', options.highWaterMark, 0)
  checkCount(where, 'asked', options.asked, 0)
  if (typeof (options.twoWay ?? false) !== 'boolean')
    refuse(where, 'twoWay must be a boolean', options.twoWay)
  if ((options.asked ?? 0) > windowOf(options)) {
    refuse(where, 'asked must not exceed the window (highWaterMark; 0 with twoWay)', options.asked)
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

/** The object that the user holds. The consumer behind it is still referenced by its port after the user has dropped it. */
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
    // Via the stream object, which must not be collected while it is iterated.
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
      return refuse('openStream()', 'the option blocker is needed for a blocking for', undefined)
    return { ...this.blocking }
  }
}
