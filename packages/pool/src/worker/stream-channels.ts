import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { isLetGo } from '../lane/wire.js'

/** A channel as the thread has it: its number, its end, and the other one where the owner does not have it yet. */
export interface StreamChannel {
  readonly number: number
  readonly port: MessagePort
  readonly other?: MessagePort
}

/** One whose stream has ended here. */
interface Ended {
  readonly channel: StreamChannel
  /** Takes a message that has come. */
  readonly onMessage: (message: unknown) => void
  /** Whether the owner has let go of it, or closed it. */
  isOver: boolean
}

/** So many that are over may be among them, beside as many as are not. */
const MOST_OVER = 16

/**
 * The channels that the thread's streams come over, one after the other: to make one, to move its port and to close it
 * costs two to three times as much as a short stream does besides. One is used again when its last stream has ended here
 * and the owner has let go of it, so that nothing that was said of the one stream is taken for the next one's.
 */
export class StreamChannels {
  #made = 0
  readonly #free: StreamChannel[] = []
  /** Those whose streams have ended here, the first first; some that are over are among them. */
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
      // Credit, or a stop, that the end of the stream has crossed.
      if (!isLetGo(message)) return
      forget()
      this.#free.push(channel)
    }
    const forget = (): void => {
      ended.isOver = true
      this.#waiting--
      port.off('message', onMessage)
      port.off('close', forget)
    }
    const ended: Ended = { channel, onMessage, isOver: false }
    this.#waiting++
    if (this.#ended.length > 2 * this.#waiting + MOST_OVER) {
      this.#ended = this.#ended.filter(({ isOver }) => !isOver)
    }
    this.#ended.push(ended)
    port.on('message', onMessage)
    port.on('close', forget)
    port.unref()
  }

  /** Takes what has come for the one that has waited longest, before the event loop brings it. */
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
