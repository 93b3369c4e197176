import type { MessagePort } from 'node:worker_threads'
import { RELEASED } from '../connection/wire.js'

/** How many channels are kept for later streams: each is one more that an event loop checks when it is woken. */
const MOST_FREE = 256

/** The parent's ends of the channels of a thread's streams, by the numbers that the thread gave them. */
export class StreamPorts {
  readonly #ports = new Map<number, MessagePort>()
  #free = 0

  /** The port of a new stream: a new port, or the one of an earlier stream. */
  take(channel: number, port: MessagePort | undefined): MessagePort {
    if (port === undefined) {
      this.#free--
      return this.#ports.get(channel) as MessagePort
    }
    this.#ports.set(channel, port)
    return port
  }

  /** The stream has ended at both ends, and this end has sent its last message: the thread may use the channel again. */
  release(channel: number): void {
    if (this.#free >= MOST_FREE) return this.close(channel)
    this.#free++
    this.#ports.get(channel)?.postMessage(RELEASED)
  }

  /** More messages of the stream may come, so no other stream may use the channel. */
  close(channel: number): void {
    this.#ports.get(channel)?.close()
    this.#ports.delete(channel)
  }
}
