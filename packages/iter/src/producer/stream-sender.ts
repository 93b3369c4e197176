import { PayloadTooLargeError } from '@bridge/core'
import { encodeThrown, type Transferable } from '@bridge/core/executor'
import { countOf, halvesOf } from '../encoding/packet.js'
import { referTo, type Stays } from '../protocol/lost.js'
import type { RingWords } from '../protocol/number-ring.js'
import type { StreamPort } from '../protocol/port.js'
import { unsent } from '../protocol/unsent.js'
import {
  CUT,
  END,
  FAIL,
  HELD,
  isPacket,
  type Marker,
  Numbering,
  type Packet,
  type ToConsumer,
  UNSENT
} from '../protocol/wire.js'
import { Batch } from './batch.js'
import { BytesAhead } from './bytes-ahead.js'

/** Options and callbacks of a stream sender. */
export interface StreamSenderOptions {
  /** Called after each message. */
  readonly onSend: (() => void) | undefined
  /** How values that stay on this thread are sent. */
  readonly stays: Stays | undefined
  /** Called when items that waited for the event loop's turn could not be sent. */
  readonly onUnsendable: (error: unknown) => void
}

/** Sends a producer's items in batches, and after them, once, the end of the stream. */
export class StreamSender {
  /** Resolves once the end has been sent. */
  readonly ended: Promise<void>
  isEnded = false
  /** Whether an item could not be sent, as opposed to an error of the iterator. */
  isUnsendable = false
  readonly #port: StreamPort
  readonly #options: StreamSenderOptions
  readonly #batch: Batch
  readonly #numbering = new Numbering()
  #resolveEnded!: () => void
  readonly #ahead = new BytesAhead()
  #isHeldSent = false
  #flushSoon: NodeJS.Immediate | undefined

  constructor(port: StreamPort, options: StreamSenderOptions) {
    this.#port = port
    this.#options = options
    this.#batch = new Batch((packet, bytes, transferList) => {
      this.#ahead.send(bytes)
      try {
        this.#postInParts(packet, transferList)
      } catch (error) {
        this.isUnsendable = true
        throw error
      }
    }, options.stays)
    this.ended = new Promise(resolve => {
      this.#resolveEnded = resolve
    })
  }

  /** Whether so much was sent that the producer must pause. */
  get isFull(): boolean {
    return this.#ahead.isFull
  }

  /** From now on integers may be sent through this memory. */
  lend(memory: RingWords): void {
    if (!this.isEnded) this.#batch.lend(memory)
  }

  /** Stops using the lent memory. */
  leaveRing(): void {
    this.#batch.leaveRing()
  }

  /** Counts bytes that were taken; returns whether as many were sent. */
  take(bytes: number): boolean {
    return this.#ahead.take(bytes)
  }

  /** To be called when the consumer is gone: what it was sent no longer counts. */
  releaseAll(): void {
    this.#ahead.take(Infinity)
  }

  /** The producer starts working. Returns the time. */
  begin(): number {
    return this.#batch.begin()
  }

  /** How many items may be added before they must be counted. */
  get room(): number {
    return this.#batch.room
  }

  /** Adds a copy of an item; returns whether the added items must be counted at once. */
  add(item: unknown): boolean {
    try {
      return this.#batch.add(item)
    } catch (error) {
      this.isUnsendable = true
      throw error
    }
  }

  /** Counts added items, and sends them when it is time; returns the time if it has read the clock, otherwise 0. */
  count(items: number): number {
    return this.#batch.count(items)
  }

  /** Sends the collected items, because no more will come soon. */
  flush(): void {
    this.#batch.flush()
    if (this.#isHeldSent || !this.#ahead.isHeld) return
    this.#isHeldSent = true
    this.#post([HELD, UNSENT])
  }

  /** Collected items do not wait longer than this turn of the event loop. */
  flushBeforeTurn(): void {
    // One immediate for many steps: most of them settle before the event loop turns.
    if (this.#flushSoon === undefined && !this.#batch.isEmpty) this.#flushSoon = setImmediate(this.#flush)
  }

  /** Items sent so far are not wanted any more; what follows is the answer to the consumer. */
  cut(): void {
    this.flush()
    this.leaveRing()
    this.#post([CUT, UNSENT])
  }

  end(value: unknown): void {
    let sent: ReturnType<typeof referTo>
    try {
      sent = referTo('result', value, this.#options.stays?.refer)
    } catch (error) {
      return this.fail(error)
    }
    this.#finish(sent === undefined ? [END, UNSENT, value] : [END, UNSENT, sent.data, sent.references])
  }

  fail(thrown: unknown): void {
    this.#finish([FAIL, UNSENT, encodeThrown(thrown)])
  }

  readonly #flush = (): void => {
    this.#flushSoon = undefined
    if (this.isEnded) return
    try {
      this.#batch.flush()
    } catch (error) {
      this.#options.onUnsendable(error)
    }
  }

  #finish(message: ToConsumer): void {
    if (this.isEnded) return
    this.isEnded = true
    clearImmediate(this.#flushSoon)
    try {
      this.#batch.flush()
      this.#batch.leaveRing()
      this.#post(message)
    } catch (error) {
      this.#post([FAIL, UNSENT, encodeThrown(unsent('result', message[2], error))])
    }
    this.#ahead.take(Infinity)
    this.#resolveEnded()
  }

  /** A port that limits the size of a message refuses items together that it takes one by one. */
  #postInParts(message: Packet | Marker, transferList: readonly Transferable[]): void {
    try {
      this.#post(message, transferList)
    } catch (error) {
      const isRefused = error instanceof PayloadTooLargeError && isPacket(message)
      if (!isRefused || countOf(message) === 1) throw error
      // Copied, because a list of both halves would detach what belongs to the other one.
      for (const half of halvesOf(message)) this.#postInParts(half, [])
    }
  }

  #post(message: ToConsumer, transferList: readonly Transferable[] = []): void {
    this.#numbering.post(this.#port, message, transferList)
    this.#options.onSend?.()
  }
}
