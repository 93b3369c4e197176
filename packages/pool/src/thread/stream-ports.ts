import type { MessagePort } from 'node:worker_threads'
import { LET_GO } from '../lane/wire.js'

/** So many channels are kept for later streams: each is one more that an event loop looks at when it is woken. */
const MOST_FREE = 256

/** The owner's ends of the channels that a thread's streams come over, by the numbers that the thread gave them. */
export class StreamPorts {
  readonly #ports = new Map<number, MessagePort>()
  #free = 0

  /** The port of a stream that begins: a new one, or the one that came with an earlier stream. */
  take(channel: number, port: MessagePort | undefined): MessagePort {
    if (port === undefined) {
      this.#free--
      return this.#ports.get(channel) as MessagePort
    }
    this.#ports.set(channel, port)
    return port
  }

  /** The stream has ended at both ends, and this one has said all it had to: the thread may use the channel again. */
  letGo(channel: number): void {
    if (this.#free >= MOST_FREE) return this.close(channel)
    this.#free++
    this.#ports.get(channel)?.postMessage(LET_GO)
  }

  /** What was said of the stream is not all that will be, so no other one may have the channel. */
  close(channel: number): void {
    this.#ports.get(channel)?.close()
    this.#ports.delete(channel)
  }
}
