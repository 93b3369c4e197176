import { MessagePort } from 'node:worker_threads'
import type { NotCloneableError } from '@bridge/core'
import { unreadable } from '@bridge/core/executor'
import { isListenOrTake, keepsWithoutListener, receiver, type StreamPort } from '../protocol/port.js'
import { Numbering, type ToProducer } from '../protocol/wire.js'

/** Callbacks of a stream receiver. */
export interface StreamReceiverOptions {
  /** Called with each message that arrives. */
  readonly onMessage: (message: unknown) => void
  /** Called when a message cannot be read. */
  readonly onError: (error: NotCloneableError) => void
  /** Called after each message to the producer. */
  readonly onSend: (() => void) | undefined
}

/** Receives the messages of a consumer's port, from the event loop or, while the thread blocks, directly. */
export class StreamReceiver {
  isClosed = false
  readonly #port: StreamPort
  readonly #receive: () => { readonly message: unknown } | undefined
  readonly #options: StreamReceiverOptions
  readonly #numbering = new Numbering()
  #isListening = false
  /** Messages that arrived while not listening, for a port that would drop them without a listener. */
  #buffered: unknown[] | undefined

  constructor(port: StreamPort, options: StreamReceiverOptions) {
    this.#port = port
    this.#receive = receiver(port)
    this.#options = options
    if (!isListenOrTake(port)) this.listen()
  }

  /** From now on the event loop delivers messages. */
  listen(): void {
    if (this.#isListening || this.isClosed) return
    this.#isListening = true
    this.#port.on('message', this.#onMessage)
    this.#port.on('messageerror', this.#onUnread)
    // An open stream without a pending pull keeps no process alive.
    this.#port.unref?.()
  }

  /** Whether arrived messages can be taken without the event loop. */
  get canReceive(): boolean {
    return !this.#isListening || !isListenOrTake(this.#port)
  }

  /** Whether both ends are in one process, and can share memory. */
  get canShare(): boolean {
    return this.#port instanceof MessagePort
  }

  /** While a pull is pending, the stream keeps the process alive. */
  ref(): void {
    this.listen()
    if (!this.isClosed) this.#port.ref?.()
  }

  unref(): void {
    if (!this.isClosed) this.#port.unref?.()
  }

  /** Takes a message that has arrived; returns whether there was one. */
  receive(): boolean {
    if (this.takeBuffered()) return true
    let received: { readonly message: unknown } | undefined
    try {
      received = this.isClosed || !this.canReceive ? undefined : this.#receive()
    } catch (error) {
      this.#onUnread(error as Error)
      return true
    }
    if (received === undefined) return false
    this.#options.onMessage(received.message)
    return true
  }

  /** Lets the event loop turn without taking arrived messages. */
  async withoutListening(turn: () => Promise<void>): Promise<void> {
    if (!keepsWithoutListener(this.#port)) return this.#buffering(turn)
    this.#port.off('message', this.#onMessage)
    await turn()
    if (!this.isClosed) this.#port.on('message', this.#onMessage)
  }

  /** @throws DataCloneError when the message can't be cloned. */
  post(message: ToProducer): void {
    if (this.isClosed) return
    this.#numbering.post(this.#port, message)
    this.#options.onSend?.()
  }

  /** Stops listening; also closes the port, unless it is kept. */
  close(isKept: boolean): void {
    this.isClosed = true
    this.#port.off('message', this.#onMessage)
    this.#port.off('messageerror', this.#onUnread)
    if (!isKept) this.#port.close()
  }

  /** Processes the buffered messages; returns whether there were any. */
  takeBuffered(): boolean {
    const buffered = this.#buffered?.splice(0) ?? []
    for (const message of buffered) if (!this.isClosed) this.#options.onMessage(message)
    return buffered.length > 0
  }

  readonly #onUnread = ({ message }: Error): void => {
    this.#options.onError(unreadable('a stream', 'an item', message))
  }

  async #buffering(turn: () => Promise<void>): Promise<void> {
    this.#buffered ??= []
    await turn()
    this.takeBuffered()
    this.#buffered = undefined
  }

  readonly #onMessage = (message: unknown): void => {
    if (this.#buffered === undefined) this.#options.onMessage(message)
    else this.#buffered.push(message)
  }
}
