import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { Task } from '@bridge/core/executor'
import { encodeThrown, transfer } from '@bridge/core/executor'
import { notifier } from '@bridge/iter'
import type { ReceivedStream, StreamEvents, StreamOpener } from '../caller/opened-stream.js'
import type { Payload } from '../wire/frame.js'
import { encodeData, readPayload } from '../wire/payload.js'

/** A stream in the form in which the consuming thread gets it. */
export interface RelayedHandle {
  readonly relayedStream: true
  /** The port of its messages. */
  readonly port: MessagePort
  /** The port that reports why the stream was lost, before `port` is closed. */
  readonly loss: MessagePort
  /** Counts the messages, to wake a blocked thread. */
  readonly word: Int32Array<SharedArrayBuffer>
}

/** Forwards a stream to the thread that uses the cluster. */
export const relayStream: StreamOpener = (task, events, give) => new RelayedStream(task, events, give)

class RelayedStream implements ReceivedStream {
  readonly #port: MessagePort
  readonly #loss: MessagePort
  readonly #notify: () => void
  readonly #events: StreamEvents
  readonly #onMessage: (message: unknown) => void
  readonly #onClose: () => void
  arrivals = 0
  #isOver = false

  constructor(_task: Task, events: StreamEvents, give: (stream: unknown) => void) {
    const { port1, port2 } = new MessageChannel()
    const losses = new MessageChannel()
    const word = new Int32Array(new SharedArrayBuffer(4))
    this.#port = port1
    this.#loss = losses.port1
    this.#notify = notifier(word)
    this.#events = events
    this.#onMessage = message => this.#send(message)
    this.#onClose = () => this.#end()
    port1.on('message', this.#onMessage)
    port1.on('close', this.#onClose)
    const handle: RelayedHandle = { relayedStream: true, port: port2, loss: losses.port2, word }
    give(transfer(handle, [port2, losses.port2]))
  }

  arrived(payload: Payload): void {
    this.arrivals++
    if (this.#isOver) return
    try {
      this.#port.postMessage(readPayload(payload).data)
    } catch (error) {
      this.fail(error)
    }
    this.#notify()
  }

  closed(): void {
    this.arrivals++
    this.#end()
  }

  fail(error: unknown): void {
    if (this.#isOver) return
    this.#loss.postMessage(encodeThrown(error))
    this.#end()
  }

  #send(message: unknown): void {
    try {
      this.#events.send(encodeData(message))
    } catch (error) {
      // Too large, or not able to leave the process: without it the stream cannot continue.
      this.fail(error)
    }
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#port.off('message', this.#onMessage)
    this.#port.off('close', this.#onClose)
    this.#port.close()
    this.#loss.close()
    this.#notify()
    this.#events.closed()
    this.#events.ended()
  }
}
