import { WorkerLostError } from '@bridge/core'
import { decodeThrown, unreadable } from '@bridge/core/executor'
import { checkCount, checkFunction, checkOptions } from '@bridge/core/internal'
import type { Stays } from '../protocol/lost.js'
import { afterClose, isListenOrTake, receiver, type StreamPort, streamPort } from '../protocol/port.js'
import { isRestored } from '../protocol/restore-references.js'
import {
  type ABORT,
  Counting,
  CREDIT,
  isToProducer,
  OPEN,
  RETURN,
  STEP,
  THROW,
  type ToProducer,
  unknownMessage,
  VERSION,
  wrongVersion
} from '../protocol/wire.js'
import type { Steppable } from '../sent/sent-sources.js'
import { inputIterator, type StreamInput } from './iterator-of.js'
import { Producer } from './producer.js'
import { onThreadExit } from './thread-exit.js'

/** Options of `serveStream`. */
export interface ServeOptions {
  /**
   * How many items the consumer wants before it has requested any over the port, which saves a round trip; its `openStream`
   * must get the same number. None by default.
   */
  asked?: number | undefined
  /** Called after each message, to wake a consumer that blocks. */
  onSend?: (() => void) | undefined
  /** Called around every run of steps, to restore a context. */
  enter?: (<S>(steps: () => S) => S) | undefined
  /**
   * Called when the stream is stopped before its end, by an abort, a consumer that is gone or an invalid message, so that
   * a waiting task can be notified.
   */
  onStop?: ((reason: unknown) => void) | undefined
  /**
   * Whether the consumer gets an error when this thread ends by `process.exit()` or an uncaught error, which a blocked
   * consumer would not notice; true by default.
   */
  reportThreadExit?: boolean | undefined
  /**
   * Which parts of items stay on this thread, for authors of executors: they are sent as the references that `refer`
   * returns, and the consumer's `live` returns a stub for each. Nothing stays by default.
   */
  stays?: Stays | undefined
  /** Whether the port is left open when the stream has ended, for another stream; false by default. */
  keepPort?: boolean | undefined
}

/**
 * Sends the items of an iterable over a port, as far as the consumer (`openStream`) has requested them. Nothing runs before
 * the first request, nothing is produced beyond the credit, and when the consumer stops, the generator's `finally` runs.
 * Resolves when the stream has ended, in whatever way; the port is closed then.
 *
 * An item is copied when it is yielded. Buffers marked by `transfer(item, [buffer])` are transferred instead.
 *
 * @throws InvalidArgumentError when `input` cannot be iterated, or another argument is invalid.
 * @example
 * ```ts
 * const { port1, port2 } = new MessageChannel()
 * serveStream(port1, primes(1000))
 * for await (const p of openStream<number>(port2)) console.log(p)
 * ```
 */
export function serveStream(port: StreamPort, input: StreamInput, options: ServeOptions = {}): Promise<void> {
  return serve('serveStream()', port, input, options).ended
}

/** The same, and returns the handle by which the sender of a stream controls it. */
export function serve(
  where: string,
  given: StreamPort,
  input: StreamInput,
  options: ServeOptions
): Steppable {
  const port = streamPort(where, given)
  checkOptions(where, options, [
    'asked',
    'onSend',
    'enter',
    'onStop',
    'reportThreadExit',
    'stays',
    'keepPort'
  ])
  checkCount(where, 'asked', options.asked, 0)
  for (const name of ['onSend', 'enter', 'onStop'] as const) {
    if (options[name] !== undefined) checkFunction(where, name, options[name])
  }
  if (options.stays !== undefined) {
    checkFunction(where, 'stays.mayKeep', options.stays.mayKeep)
    checkFunction(where, 'stays.refer', options.stays.refer)
  }
  const { asked = 0 } = options
  let isOpen = false
  let hasLeft = false
  let release: () => void
  const left = new Promise<void>(resolve => {
    release = resolve
  })
  // The port has a listener from now on, so on Deno messages cannot be taken.
  const receive = isListenOrTake(port) ? () => undefined : receiver(port)
  const producer = new Producer(port, inputIterator(where, input), options, () => {
    const received = receive()
    if (received !== undefined) onMessage(received.message)
    return received !== undefined
  })
  const counting = new Counting()
  const open = (message: unknown): void => {
    if (!isToProducer(message) || message[0] !== OPEN || message[2] !== VERSION) {
      return producer.reject(wrongVersion(message))
    }
    isOpen = true
    obey(message)
  }
  const onMessage = (message: unknown): void => {
    if (!isOpen) open(message)
    else if (!isToProducer(message) || message[0] === OPEN) producer.reject(unknownMessage(message))
    else obey(message)
  }
  const obey = (message: ToProducer): void => {
    const miscounted = counting.miscounted(message)
    if (miscounted !== undefined) return producer.reject(miscounted)
    if (!isRestored(message)) return producer.reject(unknownMessage(message))
    switch (message[0]) {
      case OPEN:
        return producer.credit(message[3], message[4])
      case CREDIT:
        return producer.credit(message[2], message[3], message[4])
      case RETURN:
        return producer.return(message[2], message[3])
      case STEP:
        return producer.step(message[2])
      default:
        return receiveError(message)
    }
  }
  const receiveError = (message: Extract<ToProducer, [typeof THROW | typeof ABORT, ...unknown[]]>): void => {
    let thrown: unknown
    try {
      thrown = decodeThrown(message[2])
    } catch {
      return producer.reject(unknownMessage(message))
    }
    if (message[0] === THROW) producer.throw(thrown)
    else producer.abort(thrown)
  }
  const onMessageError = ({ message }: Error): void =>
    producer.reject(unreadable('a stream', 'a message of its consumer', message))
  const onClose = afterClose(() => {
    hasLeft = true
    producer.sender.releaseAll()
    release()
    producer.abort(new Error('stream: the consumer is gone'))
  })
  const removeReport =
    options.reportThreadExit === false
      ? undefined
      : onThreadExit(() =>
          producer.reject(new WorkerLostError('the thread that produced this stream has ended'))
        )
  port.on('message', onMessage)
  port.on('messageerror', onMessageError)
  port.on('close', onClose)
  void producer.sender.ended.then(() => {
    removeReport?.()
    port.off('message', onMessage)
    port.off('messageerror', onMessageError)
    port.off('close', onClose)
    if (options.keepPort !== true) port.close()
  })
  const { ended } = producer
  if (asked > 0) producer.credit(asked, 0)
  return {
    ended,
    left: Promise.race([ended, left]),
    get isRead() {
      return isOpen && !hasLeft && !producer.sender.isEnded
    },
    get needsLoop() {
      return !hasLeft && producer.needsLoop
    },
    fail: error => producer.reject(error),
    stepBlocked: () => producer.stepBlocked()
  }
}
