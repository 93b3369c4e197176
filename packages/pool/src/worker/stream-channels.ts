import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { isReleased } from '../connection/wire.js'

/** A channel on the thread: its number, its end, and the other end if the parent does not have that yet. */
export interface StreamChannel {
  readonly number: number
  readonly port: MessagePort
  readonly other?: MessagePort
}

/** A channel whose stream has ended here. */
interface Ended {
  readonly channel: StreamChannel
  /** Handles a message of the parent. */
  readonly onMessage: (message: unknown) => void
  /** Whether the parent has released or closed it. */
  isOver: boolean
}

/** How many of them may be over, in addition to as many as are not. */
const MOST_OVER = 16

/**
 * The channels for the thread's streams, used one after the other: creating a channel, transferring its port and
 * closing it costs two to three times as much as the rest of a short stream. A channel is used again when its last
 * stream has ended here and the parent has released it, so that no message of one stream is taken for the next one's.
 */
export class StreamChannels {
  #made = 0
  readonly #free: StreamChannel[] = []
  /** Channels whose streams have ended here, the first first; some of them are over. */
  #ended: Ended[] = []
  #waiting = 0

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
      // Credit, or a stop, that was sent before the end of the stream was received.
      if (!isReleased(message)) return
      discard()
      this.#free.push(channel)
    }
    const discard = (): void => {
      ended.isOver = true
      this.#waiting--
      port.off('message', onMessage)
      port.off('close', discard)
    }
    const ended: Ended = { channel, onMessage, isOver: false }
    this.#waiting++
    if (this.#ended.length > 2 * this.#waiting + MOST_OVER) {
      this.#ended = this.#ended.filter(({ isOver }) => !isOver)
    }
    this.#ended.push(ended)
    port.on('message', onMessage)
    port.on('close', discard)
    port.unref()
  }

  /** Reads the messages of the channel that has waited longest, before the event loop delivers them. */
  #look(): void {
    const first = this.#ended.find(({ isOver }) => !isOver)
    if (first === undefined) return
    const { port } = first.channel
    for (let next = receiveMessageOnPort(port); next !== undefined; ) {
      first.onMessage(next.message)
      next = this.#free.length > 0 ? undefined : receiveMessageOnPort(port)
    }
  }
}
