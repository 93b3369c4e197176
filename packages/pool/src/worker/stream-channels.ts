import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { isLetGo } from '../lane/wire.js'

/** A channel as the thread has it: its number, its end, and the other one where the owner does not have it yet. */
export interface StreamChannel {
  readonly number: number
  readonly port: MessagePort
  readonly other?: MessagePort
}

/**
 * The channels that the thread's streams come over, one after the other: to make one, to move its port and to close it
 * costs two to three times as much as a short stream does besides. One is used again when its last stream has ended here
 * and the owner has let go of it, so that nothing that was said of the one stream is taken for the next one's.
 */
export class StreamChannels {
  #made = 0
  readonly #free: StreamChannel[] = []
  /** Those whose streams have ended here, the first first, and what takes a message that has come. */
  readonly #ended = new Map<StreamChannel, (message: unknown) => void>()

  take(): StreamChannel {
    if (this.#free.length === 0) this.#look()
    const free = this.#free.pop()
    if (free !== undefined) return free
    const { port1, port2 } = new MessageChannel()
    return { number: ++this.#made, port: port1, other: port2 }
  }

  /** Its stream has ended here. */
  leave({ number, port }: StreamChannel): void {
    const channel = { number, port }
    const onMessage = (message: unknown): void => {
      // Credit, or a stop, that the end of the stream has crossed.
      if (!isLetGo(message)) return
      forget()
      this.#free.push(channel)
    }
    const forget = (): void => {
      this.#ended.delete(channel)
      port.off('message', onMessage)
      port.off('close', forget)
    }
    this.#ended.set(channel, onMessage)
    port.on('message', onMessage)
    port.on('close', forget)
    port.unref()
  }

  /** Takes what has come for the one that has waited longest, before the event loop brings it. */
  #look(): void {
    for (const [channel, onMessage] of this.#ended) {
      for (let next = receiveMessageOnPort(channel.port); next !== undefined; ) {
        onMessage(next.message)
        next = this.#free.length > 0 ? undefined : receiveMessageOnPort(channel.port)
      }
      return
    }
  }
}
