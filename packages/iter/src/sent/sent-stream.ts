import { types } from 'node:util'
import { isMainThread, MessageChannel, type MessagePort } from 'node:worker_threads'
import { transfer } from '@bridge/core/executor'
import { checkOptions, OwnContext, refuse } from '@bridge/core/internal'
import { type OpenOptions, openStream, type PortStream } from '../consumer/open-stream.js'
import { blockerOver, notifier, wordBlocker } from '../consumer/word-blocker.js'
import type { StreamInput } from '../producer/iterator-of.js'
import { type ServeOptions, serve } from '../producer/serve-stream.js'
import {
  addSource,
  newSourceId,
  senderWord,
  steppedSource,
  stepping,
  wakeCounterFor
} from './sent-sources.js'

const KIND = '@bridge/iter/stream'
const VERSION = 1

/** Options of `sendStream`. */
export type SendOptions = Pick<ServeOptions, 'enter' | 'onSend' | 'onStop'>

/**
 * A stream on its way to another thread. Its port is transferred: for an argument of a call, or the whole result of a
 * function, that happens by itself; if the stream is nested deeper, name the port: `transfer({ total, rows }, [rows.port])`.
 */
export interface SentStream<T> {
  readonly '@bridge/iter/stream': number
  readonly port: MessagePort
  /** Incremented after each message, so that the receiver can block. */
  readonly word: Int32Array<SharedArrayBuffer>
  /** Incremented after each message of the receiver, so that a blocked sender is woken. */
  readonly senderWord?: Int32Array<SharedArrayBuffer> | undefined
  /** The id of the thread that the sender's executor wakes after each message. */
  readonly reader?: number | undefined
  /** The stream's id, unique on its sender's thread. */
  readonly source?: number | undefined
  /** Only for the compiler: the type of the items. */
  readonly item?: T | undefined
}

/** A stream on its sender's thread, which may stop it. */
export interface SendableStream<T> extends SentStream<T> {
  /** Stops the iterable, including its `finally`, if the receiver never opened the stream. */
  stop(): void
  /** Resolves when the iterable has ended, including its `finally`. */
  readonly ended: Promise<void>
}

/** A sent stream is cloned, and the clone has neither methods nor private fields: those stay with the sender. */
class Sendable<T> implements SendableStream<T> {
  readonly '@bridge/iter/stream' = VERSION
  readonly port: MessagePort
  readonly word: Int32Array<SharedArrayBuffer>
  readonly senderWord = senderWord()
  reader: number | undefined
  readonly source = newSourceId()
  #wakeReader: (() => void) | undefined
  readonly #ended: Promise<void>
  readonly #here: MessagePort

  constructor(input: StreamInput<T>, options: SendOptions) {
    const { port1, port2 } = new MessageChannel()
    this.port = port2
    this.word = new Int32Array(new SharedArrayBuffer(4))
    this.#here = port1
    const wake = notifier(this.word)
    const onSend = (): void => {
      wake()
      this.#wakeReader?.()
      options.onSend?.()
    }
    const own = new OwnContext()
    const enter = <S>(steps: () => S): S =>
      own.run(() => stepping(source, () => (options.enter === undefined ? steps() : options.enter(steps))))
    const source = Object.assign(serve('sendStream()', port1, input, { ...options, enter, onSend }), {
      id: this.source,
      outer: steppedSource()
    })
    this.#ended = source.ended
    addSource(port2, source, (thread, wakeReader) => {
      this.reader = thread
      this.#wakeReader = wakeReader
    })
    // A stream that is never opened must not keep the process alive; a worker must stay alive for a later receiver.
    if (isMainThread) port1.unref()
  }

  get ended(): Promise<void> {
    return this.#ended
  }

  stop(): void {
    this.#here.close()
  }
}

/**
 * Makes a stream of an iterable of this thread that can be sent to another thread, as an argument of a call or in a result;
 * `receiveStream` opens it there. Nothing runs before the first pull.
 *
 * The iterable is stepped by this thread's event loop; a synchronous iterable also while this thread is blocked. If the call
 * that blocks this thread reads an asynchronous iterable, the next item is a `DeadlockError`.
 *
 * @throws InvalidArgumentError when `input` can't be iterated.
 * @example
 * ```ts
 * await tasks.sum(sendStream(readRows()))   // in the task: for await (const row of receiveStream(rows)) …
 * ```
 */
export function sendStream<T>(input: StreamInput<T>, options: SendOptions = {}): SendableStream<T> {
  checkOptions('sendStream()', options, ['enter', 'onSend', 'onStop'])
  const sendable = new Sendable(input, options)
  return transfer(sendable, [sendable.port])
}

/**
 * Opens a stream that another thread made by `sendStream`, for `for await` or a blocking `for`. Its options are those of
 * `openStream`.
 *
 * @throws InvalidArgumentError when `sent` is not a sent stream, or an option is invalid.
 * @example
 * ```ts
 * export function sum(rows: SentStream<number>) {
 *   let total = 0
 *   for (const n of receiveStream(rows, { itemTimeout: 1000 })) total += n
 *   return total
 * }
 * ```
 */
export function receiveStream<T>(
  sent: SentStream<T>,
  options: Omit<OpenOptions, 'blocker' | 'onSend'> = {}
): PortStream<T> {
  const given = sent as Partial<SentStream<T>> | null | undefined
  const isSent =
    given?.[KIND] === VERSION &&
    given.port !== undefined &&
    isWord(given.word) &&
    (given.senderWord === undefined || isWord(given.senderWord))
  if (!isSent) {
    refuse('receiveStream()', 'sent must be a stream that sendStream() of the same version has made', sent)
  }
  const { port, word, senderWord } = sent
  const onSend = senderWord === undefined ? undefined : notifier(senderWord)
  const wakeCounter = wakeCounterFor(sent.reader)
  const blocker = wakeCounter === undefined ? wordBlocker(word) : blockerOver(wakeCounter, sent.source)
  return openStream<T>(port, { ...options, blocker, onSend })
}

function isWord(word: unknown): boolean {
  return types.isInt32Array(word) && types.isSharedArrayBuffer(word.buffer) && word.length > 0
}
