import { types } from 'node:util'
import { isMainThread, MessageChannel, type MessagePort } from 'node:worker_threads'
import { transfer } from '@bridge/core/executor'
import { checkOptions, OwnContext, refuse } from '@bridge/core/internal'
import type { StreamInput } from './iterator-of.js'
import { type OpenOptions, openStream, type PortStream } from './open-stream.js'
import { addSource, bellFor, newSourceId, senderWord, steppedSource, stepping } from './sent-sources.js'
import { type ServeOptions, serve } from './serve-stream.js'
import { blockerOver, notifier, wordBlocker } from './word-blocker.js'

const KIND = '@bridge/iter/stream'
const VERSION = 1

/** What `sendStream` can be told. */
export type SendOptions = Pick<ServeOptions, 'enter' | 'onSend' | 'onStop'>

/**
 * A stream on its way to another thread. Its port is moved: as an argument of a call, or as a function's whole
 * result, that happens by itself; where it lies deeper, name the port: `transfer({ total, rows }, [rows.port])`.
 */
export interface SentStream<T> {
  readonly '@bridge/iter/stream': number
  readonly port: MessagePort
  /** Incremented after each message, so that the receiver can block. */
  readonly word: Int32Array<SharedArrayBuffer>
  /** Incremented after each message of the receiver, so that a sender that is blocked learns of it. */
  readonly senderWord?: Int32Array<SharedArrayBuffer> | undefined
  /** The number of the thread that its sender's executor wakes after each message. */
  readonly reader?: number | undefined
  /** Its number among those of its sender's thread. */
  readonly source?: number | undefined
  /** Only for the compiler: what the items are. */
  readonly item?: T | undefined
}

/** A stream that was sent from here: its sender may take it back. */
export interface SendableStream<T> extends SentStream<T> {
  /** Stops the iterable, its `finally` included, for a receiver that never opened the stream. */
  stop(): void
  /** Resolves when the iterable has ended, its `finally` included. */
  readonly ended: Promise<void>
}

/** What is sent is cloned, and a clone has neither methods nor private fields: those stay with the sender. */
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
    // What was sent and never taken must not keep the process alive; a worker stays for whoever will take it.
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
 * Makes an iterable of this thread into something that can be sent to another one, as an argument of a call or inside
 * of a result; `receiveStream` opens it there. Nothing runs before the first pull.
 *
 * The iterable is stepped by this thread's event loop, and a synchronous one from inside a blocked wait, too. Of an
 * asynchronous one that the call which blocks this thread reads, the next item is a `DeadlockError`.
 *
 * @throws InvalidArgumentError when `input` can't be iterated.
 * @example
 * ```ts
 * await tasks.sum(sendStream(readRows()))   // there: for await (const row of receiveStream(rows)) …
 * ```
 */
export function sendStream<T>(input: StreamInput<T>, options: SendOptions = {}): SendableStream<T> {
  checkOptions('sendStream()', options, ['enter', 'onSend', 'onStop'])
  const sendable = new Sendable(input, options)
  return transfer(sendable, [sendable.port])
}

/**
 * Opens a stream that another thread made by `sendStream`: for `for await`, or for a blocking `for`. Its options are those of `openStream`.
 *
 * @throws InvalidArgumentError when it is none, or an option makes no sense.
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
    refuse('receiveStream()', 'sent must be what sendStream() made, of the same version', sent)
  }
  const { port, word, senderWord } = sent
  const onSend = senderWord === undefined ? undefined : notifier(senderWord)
  const bell = bellFor(sent.reader)
  const blocker = bell === undefined ? wordBlocker(word) : blockerOver(bell, sent.source)
  return openStream<T>(port, { ...options, blocker, onSend })
}

function isWord(word: unknown): boolean {
  return types.isInt32Array(word) && types.isSharedArrayBuffer(word.buffer) && word.length > 0
}
