import { MessagePort } from 'node:worker_threads'
import { receiver, type StreamPort } from './port.js'
import type { ToProducer } from './wire.js'

/** What an inlet tells. */
export interface InletOptions {
  /** Called with each message that arrives. */
  readonly onMessage: (message: unknown) => void
  /** Called when one can't be read. */
  readonly onError: (error: Error) => void
  /** Called after each message to the producer. */
  readonly onSend: (() => void) | undefined
}

/** A consumer's port: what arrives is brought by the event loop, or taken without it; until it is closed. */
export class Inlet {
  isClosed = false
  readonly #port: StreamPort
  readonly #receive: () => { readonly message: unknown } | undefined
  readonly #options: InletOptions

  constructor(port: StreamPort, options: InletOptions) {
    this.#port = port
    this.#receive = receiver(port)
    this.#options = options
    port.on('message', this.#onMessage)
    port.on('messageerror', options.onError)
    // An open stream that nobody pulls from keeps no process alive.
    port.unref?.()
  }

  /** Whether both ends are in one process, and can share memory. */
  get canShare(): boolean {
    return this.#port instanceof MessagePort
  }

  /** While somebody waits, the stream keeps the process alive. */
  ref(): void {
    if (!this.isClosed) this.#port.ref?.()
  }

  unref(): void {
    if (!this.isClosed) this.#port.unref?.()
  }

  /** Takes a message that has arrived, if there is one; whether there was. */
  receive(): boolean {
    const received = this.isClosed ? undefined : this.#receive()
    if (received === undefined) return false
    this.#options.onMessage(received.message)
    return true
  }

  /** Lets the event loop turn without taking what has arrived. */
  async unheard(turn: () => Promise<void>): Promise<void> {
    this.#port.off('message', this.#onMessage)
    await turn()
    if (!this.isClosed) this.#port.on('message', this.#onMessage)
  }

  /** @throws DataCloneError when the message can't be cloned. */
  post(message: ToProducer): void {
    if (this.isClosed) return
    this.#port.postMessage(message, [])
    this.#options.onSend?.()
  }

  /** Hears nothing more; closes the port, too, unless it is kept. */
  close(isKept: boolean): void {
    this.isClosed = true
    this.#port.off('message', this.#onMessage)
    this.#port.off('messageerror', this.#options.onError)
    if (!isKept) this.#port.close()
  }

  readonly #onMessage = (message: unknown): void => {
    this.#options.onMessage(message)
  }
}
