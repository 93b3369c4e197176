import { encodeThrown, notCloneable, type Transferable } from '@bridge/core/executor'
import { Batch } from './batch.js'
import { BytesAhead } from './bytes-ahead.js'
import { referTo, type Stays } from './lost.js'
import type { RingWords } from './number-ring.js'
import type { StreamPort } from './port.js'
import { CUT, END, FAIL, HELD, Numbering, type ToConsumer, UNSENT } from './wire.js'

/** What an outlet tells. */
export interface OutletOptions {
  /** Called after each message. */
  readonly onSend: (() => void) | undefined
  /** What stays on this thread of what is sent. */
  readonly stays: Stays | undefined
  /** Called when what waited for the turn of the event loop could not be sent. */
  readonly onUnsendable: (error: unknown) => void
}

/** What a producer sends: items in batches, and after them how the stream ended, once. */
export class Outlet {
  /** Resolves once the end has been sent. */
  readonly ended: Promise<void>
  isEnded = false
  /** Whether it was an item that could not be sent, and not the iterator that threw. */
  isUnsendable = false
  readonly #port: StreamPort
  readonly #options: OutletOptions
  readonly #batch: Batch
  readonly #numbering = new Numbering()
  #resolveEnded!: () => void
  readonly #ahead = new BytesAhead()
  #isToldHeld = false
  #flushSoon: NodeJS.Immediate | undefined

  constructor(port: StreamPort, options: OutletOptions) {
    this.#port = port
    this.#options = options
    this.#batch = new Batch((packet, bytes, moves) => {
      this.#ahead.send(bytes)
      this.#post(packet, moves)
    }, options.stays)
    this.ended = new Promise(resolve => {
      this.#resolveEnded = resolve
    })
  }

  /** Whether so much was sent that more must wait. */
  get isFull(): boolean {
    return this.#ahead.isFull
  }

  /** From now on whole numbers may go by this memory. */
  lend(memory: RingWords): void {
    if (!this.isEnded) this.#batch.lend(memory)
  }

  /** From now on nothing goes there any more. */
  leaveRing(): void {
    this.#batch.leaveRing()
  }

  /** So many bytes were taken; whether as many were sent. */
  take(bytes: number): boolean {
    return this.#ahead.take(bytes)
  }

  /** The consumer has gone: what it was sent is no longer held. */
  letGo(): void {
    this.#ahead.take(Infinity)
  }

  /** The producer goes to work. Gives the time. */
  begin(): number {
    return this.#batch.begin()
  }

  /** How many items may be added until they must be counted. */
  get room(): number {
    return this.#batch.room
  }

  /** Adds an item as it is now; whether those that were added must be counted at once. */
  add(item: unknown): boolean {
    try {
      return this.#batch.add(item)
    } catch (error) {
      this.isUnsendable = true
      throw error
    }
  }

  /** Counts items that were added, and sends them when it is time; gives the time when it looked, and otherwise 0. */
  count(items: number): number {
    return this.#batch.count(items)
  }

  /** Sends what is there, because nothing more will come soon. */
  flush(): void {
    this.#batch.flush()
    if (this.#isToldHeld || !this.#ahead.isHeld) return
    this.#isToldHeld = true
    this.#post([HELD, UNSENT])
  }

  /** What is collected does not wait beyond this turn of the event loop. */
  flushBeforeTurn(): void {
    // One for many steps: most of them are settled before the event loop turns.
    if (this.#flushSoon === undefined && !this.#batch.isEmpty) this.#flushSoon = setImmediate(this.#flush)
  }

  /** What was sent is not wanted any more; what follows answers the consumer. */
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
      this.#post([FAIL, UNSENT, encodeThrown(notCloneable('a stream', 'result', message[2], error))])
    }
    this.#ahead.take(Infinity)
    this.#resolveEnded()
  }

  #post(message: ToConsumer, moves: readonly Transferable[] = []): void {
    this.#numbering.post(this.#port, message, moves)
    this.#options.onSend?.()
  }
}
