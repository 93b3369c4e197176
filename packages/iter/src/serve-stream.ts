import { WorkerLostError } from '@bridge/core'
import { decodeThrown, unreadable } from '@bridge/core/executor'
import { checkCount, checkFunction, checkOptions } from '@bridge/core/internal'
import { inputIterator, type StreamInput } from './iterator-of.js'
import { lastWords } from './last-words.js'
import type { Stays } from './lost.js'
import { afterClose, isEitherWay, receiver, type StreamPort, streamPort } from './port.js'
import { Producer } from './producer.js'
import { isRestored } from './restore-references.js'
import type { Steppable } from './sent-sources.js'
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
} from './wire.js'

/** What `serveStream` can be told. */
export interface ServeOptions {
  /**
   * How many items the consumer wants before it has said so over the port, which spares it a message there and one
   * back; its `openStream` must be told the same. None unless set.
   */
  asked?: number | undefined
  /** Called after each message, to wake a consumer that blocks. */
  onSend?: (() => void) | undefined
  /** Surrounds every run of steps, to put a context in place. */
  enter?: (<S>(steps: () => S) => S) | undefined
  /**
   * Called when the stream is stopped before its end, by an abort, a consumer that has gone or a message that is none
   * of the protocol's, so that a task that waits can be told.
   */
  onStop?: ((reason: unknown) => void) | undefined
  /**
   * Whether the consumer is told when this thread ends by `process.exit()` or an uncaught error, which one that blocks
   * would not notice; true unless set.
   */
  lastWords?: boolean | undefined
  /**
   * What stays on this thread of the items, for authors of executors: it crosses as the references that `refer` gives, and
   * the other end's `live` gives what stands for each. Nothing stays unless set.
   */
  stays?: Stays | undefined
  /** Whether the port is left open when the stream has ended, for another one; false unless set. */
  keepPort?: boolean | undefined
}

/**
 * Sends what an iterable yields over a port, as far as the other end (`openStream`) has asked for items. Nothing
 * runs before the first request, nothing is produced ahead of the credit, and when the other end stops, the
 * generator's `finally` runs. Resolves when the stream has ended, however it ended; the port is closed then.
 *
 * An item is copied when it is yielded. What `transfer(item, [buffer])` marks is moved instead.
 *
 * @throws InvalidArgumentError when `input` can't be iterated, or another argument makes no sense.
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

/** The same, with the hand that the sender of a stream keeps on it. */
export function serve(
  where: string,
  given: StreamPort,
  input: StreamInput,
  options: ServeOptions
): Steppable {
  const port = streamPort(where, given)
  checkOptions(where, options, ['asked', 'onSend', 'enter', 'onStop', 'lastWords', 'stays', 'keepPort'])
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
  // It listens from now on.
  const receive = isEitherWay(port) ? () => undefined : receiver(port)
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
        return told(message)
    }
  }
  const told = (message: Extract<ToProducer, [typeof THROW | typeof ABORT, ...unknown[]]>): void => {
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
    producer.reject(unreadable('a stream', 'what its consumer has sent', message))
  const onClose = afterClose(() => {
    hasLeft = true
    producer.outlet.letGo()
    release()
    producer.abort(new Error('stream: the consumer has gone'))
  })
  const takeBack =
    options.lastWords === false
      ? undefined
      : lastWords(() =>
          producer.reject(new WorkerLostError('the thread that produced this stream has ended'))
        )
  port.on('message', onMessage)
  port.on('messageerror', onMessageError)
  port.on('close', onClose)
  void producer.outlet.ended.then(() => {
    takeBack?.()
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
      return isOpen && !hasLeft && !producer.outlet.isEnded
    },
    get needsLoop() {
      return !hasLeft && producer.needsLoop
    },
    fail: error => producer.reject(error),
    stepBlocked: () => producer.stepBlocked()
  }
}
