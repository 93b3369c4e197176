import type { MessagePort } from 'node:worker_threads'
import { checkFunction, decodeThrown, refuse } from '@bridge/core/executor'
import { Producer } from './producer.js'
import { ABORT, CREDIT, RETURN, STEP, THROW, type ToProducer, unknownMessage } from './wire.js'

/** An iterator of either kind, or something that has one. */
export type StreamInput =
  | Iterator<unknown, unknown, unknown>
  | AsyncIterator<unknown, unknown, unknown>
  | Iterable<unknown>
  | AsyncIterable<unknown>

/** What `serveStream` can be told. */
export interface ServeOptions {
  /** Called after each message, to wake a consumer that blocks. */
  onSend?: (() => void) | undefined
  /** Surrounds every run of steps, to put a context in place. */
  enter?: (<S>(steps: () => S) => S) | undefined
  /** Called when the consumer has gone before the end, so that a task that waits can be told. */
  onStop?: ((reason: unknown) => void) | undefined
}

/**
 * Sends what an iterable yields over a port, as far as the other end (`openStream`) has asked for items. Nothing
 * runs before the first request, nothing is produced ahead of the credit, and when the other end stops, the
 * generator's `finally` runs. Resolves when the stream has ended; the port is closed then.
 *
 * @throws InvalidArgumentError when `input` can't be iterated.
 * @example
 * ```ts
 * const { port1, port2 } = new MessageChannel()
 * serveStream(port1, primes(1000))
 * for await (const p of openStream<number>(port2)) console.log(p)
 * ```
 */
export function serveStream(
  port: MessagePort,
  input: StreamInput,
  options: ServeOptions = {}
): Promise<void> {
  if (typeof (port as Partial<MessagePort>)?.postMessage !== 'function') {
    refuse('serveStream()', 'port must be a MessagePort', port)
  }
  const producer = new Producer(port, iteratorOf(input), options)
  const onMessage = (message: ToProducer): void => {
    switch (message[0]) {
      case CREDIT:
        return producer.credit(message[1])
      case RETURN:
        return producer.return(message[1])
      case THROW:
        return producer.throw(decodeThrown(message[1]))
      case STEP:
        return producer.step(message[1])
      case ABORT:
        return producer.abort(decodeThrown(message[1]))
      default:
        return producer.abort(unknownMessage(message))
    }
  }
  const onClose = (): void => producer.abort(new Error('stream: the consumer has gone'))
  port.on('message', onMessage)
  port.on('close', onClose)
  return producer.ended.then(() => {
    port.off('message', onMessage)
    port.off('close', onClose)
    port.close()
  })
}

function iteratorOf(input: StreamInput): Iterator<unknown, unknown> | AsyncIterator<unknown, unknown> {
  const asynchronous = (input as Partial<AsyncIterable<unknown>>)?.[Symbol.asyncIterator]
  if (typeof asynchronous === 'function') return asynchronous.call(input)
  if (typeof (input as Partial<Iterator<unknown>>)?.next === 'function') return input as Iterator<unknown>
  const synchronous = (input as Partial<Iterable<unknown>>)?.[Symbol.iterator]
  checkFunction('serveStream()', 'input[Symbol.iterator]', synchronous)
  return (synchronous as () => Iterator<unknown>).call(input)
}
