import type { Transferable } from '@bridge/core/executor'
import { isPlainValue } from './copy.js'
import type { StreamPort } from './port.js'
import { END, FAIL, type ToConsumer } from './wire.js'

/** How long, in milliseconds, the first messages of a stream wait for the next ones. */
const MAX_WAIT = 0.1

/** What a stream begins with, before it has a port. */
export interface Beginning {
  /** What the producer has sent so far, for `openStream` as `begun`. */
  readonly messages: readonly unknown[]
  /** What must be moved with the messages. */
  readonly moves: readonly Transferable[]
  /** Whether that is the stream to its end, which needs no port. */
  readonly isWhole: boolean
}

/**
 * Stands for the port of a stream that nobody has been told of. What `serveStream` sends by it is held for a moment, to
 * travel with the message that tells of the stream: a short one is whole by then, and needs no port. `tell` is called
 * once: when the stream has ended, when its first messages have waited for a tenth of a millisecond, or at the next turn
 * of the event loop. It gives the port that the rest goes over, unless the stream is whole.
 *
 * @example
 * ```ts
 * const opening = new StreamOpening(({ messages, moves, isWhole }) => {
 *   const { port1, port2 } = new MessageChannel()
 *   const port = isWhole ? undefined : port2
 *   parent.postMessage([messages, port], port === undefined ? moves : [...moves, port])
 *   return isWhole ? undefined : port1
 * })
 * serveStream(opening, primes(1000), { asked: 100 })
 * // the parent: ([messages, port]) => openStream(port, { asked: 100, begun: messages })
 * ```
 */
export class StreamOpening {
  readonly #tell: (beginning: Beginning) => StreamPort | undefined
  readonly #began = performance.now()
  readonly #soon: NodeJS.Immediate
  #messages: ToConsumer[] = []
  #moves: Transferable[] = []
  #isTold = false
  #port: StreamPort | undefined
  #onPort: ((port: StreamPort) => void) | undefined

  constructor(tell: (beginning: Beginning) => StreamPort | undefined) {
    this.#tell = tell
    this.#soon = setImmediate(() => this.begin())
  }

  /** Tells of the stream now, if that was not done, with what there is of it. */
  begin(): void {
    this.#begin(false)
  }

  /** What is called with the port once there is one. */
  set onPort(act: (port: StreamPort) => void) {
    this.#onPort = act
    if (this.#port !== undefined) act(this.#port)
  }

  /** As a port does; the message is the stream's next one. */
  postMessage(message: ToConsumer, moves: readonly Transferable[]): void {
    // Held, it would be cloned only where an error can't be told any more.
    if (message[0] === END && !isPlainValue(message[2])) this.begin()
    if (this.#isTold) return this.#port?.postMessage(message, moves)
    this.#messages.push(message)
    this.#moves.push(...moves)
    if (message[0] === END || message[0] === FAIL) this.#begin(true)
    else if (performance.now() - this.#began > MAX_WAIT) this.begin()
  }

  #begin(isWhole: boolean): void {
    if (this.#isTold) return
    this.#isTold = true
    clearImmediate(this.#soon)
    const messages = this.#messages
    const moves = this.#moves
    this.#messages = []
    this.#moves = []
    this.#port = this.#tell({ messages, moves, isWhole })
    if (this.#port !== undefined) this.#onPort?.(this.#port)
  }
}
