import type { StreamPort } from '@bridge/iter'
import type { Payload } from './frame.js'
import { encodeData, readPayload } from './payload.js'

type Listener = (value: never) => void

/**
 * A stream's port that sends and receives messages as bytes: messages that `@bridge/iter` sends through it go to another
 * process.
 */
export class BytePort implements StreamPort {
  readonly #listeners = {
    message: new Set<Listener>(),
    messageerror: new Set<Listener>(),
    close: new Set<Listener>()
  }
  readonly #send: (payload: Payload) => void
  readonly #onClose: () => void
  #waiting: unknown[] = []
  #isClosed = false

  /** `send` gets each message; `onClose` is called when this end closes the port. */
  constructor(send: (payload: Payload) => void, onClose: () => void) {
    this.#send = send
    this.#onClose = onClose
  }

  postMessage(message: unknown): void {
    // As with Node's ports, messages to a closed port are dropped.
    if (!this.#isClosed) this.#send(encodeData(message))
  }

  on(event: 'message' | 'messageerror' | 'close', listener: Listener): void {
    this.#listeners[event].add(listener)
    if (event !== 'message') return
    const waiting = this.#waiting
    this.#waiting = []
    for (const message of waiting) this.#emit('message', message)
  }

  off(event: 'message' | 'messageerror' | 'close', listener: Listener): void {
    this.#listeners[event].delete(listener)
  }

  close(): void {
    if (this.#isClosed) return
    this.#onClose()
    this.closed()
  }

  /** A message has arrived. */
  arrived(payload: Payload): void {
    if (this.#isClosed) return
    let message: unknown
    try {
      message = readPayload(payload).data
    } catch (error) {
      this.#emit('messageerror', error)
      return
    }
    if (this.#listeners.message.size > 0) this.#emit('message', message)
    else this.#waiting.push(message)
  }

  /** The other end was closed. */
  closed(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    // Asynchronously, as with Node's ports: the code that closes it may not have finished.
    queueMicrotask(() => this.#emit('close', undefined))
  }

  #emit(event: 'message' | 'messageerror' | 'close', value: unknown): void {
    for (const listener of [...this.#listeners[event]]) listener(value as never)
  }
}
