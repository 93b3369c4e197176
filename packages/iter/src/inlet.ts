import { MessagePort } from 'node:worker_threads'
import type { NotCloneableError } from '@bridge/core'
import { unreadable } from '@bridge/core/executor'
import { isEitherWay, keepsUnheard, receiver, type StreamPort } from './port.js'
import { Numbering, type ToProducer } from './wire.js'

/** What an inlet tells. */
export interface InletOptions {
  /** Called with each message that arrives. */
  readonly onMessage: (message: unknown) => void
  /** Called when one can't be read. */
  readonly onError: (error: NotCloneableError) => void
  /** Called after each message to the producer. */
  readonly onSend: (() => void) | undefined
}

/** A consumer's port: what arrives is brought by the event loop, or taken without it; until it is closed. */
export class Inlet {
  isClosed = false
  readonly #port: StreamPort
  readonly #receive: () => { readonly message: unknown } | undefined
  readonly #options: InletOptions
  readonly #numbering = new Numbering()
  #isHeard = false
  /** What has arrived unheard, where the port would have dropped it. */
  #held: unknown[] | undefined

  constructor(port: StreamPort, options: InletOptions) {
    this.#port = port
    this.#receive = receiver(port)
    this.#options = options
    if (!isEitherWay(port)) this.listen()
  }

  /** Has the event loop bring what arrives, from now on. */
  listen(): void {
    if (this.#isHeard || this.isClosed) return
    this.#isHeard = true
    this.#port.on('message', this.#onMessage)
    this.#port.on('messageerror', this.#onUnread)
    // An open stream that no pull waits for keeps no process alive.
    this.#port.unref?.()
  }

  /** Whether what has arrived can be taken without the event loop. */
  get canReceive(): boolean {
    return !this.#isHeard || !isEitherWay(this.#port)
  }

  /** Whether both ends are in one process, and can share memory. */
  get canShare(): boolean {
    return this.#port instanceof MessagePort
  }

  /** While somebody waits, the stream keeps the process alive. */
  ref(): void {
    this.listen()
    if (!this.isClosed) this.#port.ref?.()
  }

  unref(): void {
    if (!this.isClosed) this.#port.unref?.()
  }

  /** Takes a message that has arrived, if there is one; whether there was. */
  receive(): boolean {
    if (this.takeHeld()) return true
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

  /** Lets the event loop turn without taking what has arrived. */
  async unheard(turn: () => Promise<void>): Promise<void> {
    if (!keepsUnheard(this.#port)) return this.#holding(turn)
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

  /** Hears nothing more; closes the port, too, unless it is kept. */
  close(isKept: boolean): void {
    this.isClosed = true
    this.#port.off('message', this.#onMessage)
    this.#port.off('messageerror', this.#onUnread)
    if (!isKept) this.#port.close()
  }

  /** Takes what has arrived unheard and was held; whether there was any. */
  takeHeld(): boolean {
    const held = this.#held?.splice(0) ?? []
    for (const message of held) if (!this.isClosed) this.#options.onMessage(message)
    return held.length > 0
  }

  readonly #onUnread = ({ message }: Error): void => {
    this.#options.onError(unreadable('a stream', 'an item', message))
  }

  async #holding(turn: () => Promise<void>): Promise<void> {
    this.#held ??= []
    await turn()
    this.takeHeld()
    this.#held = undefined
  }

  readonly #onMessage = (message: unknown): void => {
    if (this.#held === undefined) this.#options.onMessage(message)
    else this.#held.push(message)
  }
}
