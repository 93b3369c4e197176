import type { Transferable } from '@bridge/core/executor'
import type { Stays } from './lost.js'
import { type RingWords, RingWriter } from './number-ring.js'
import { MAX_ITEMS, Packer } from './packer.js'
import { bytesOf } from './packet.js'
import { Stride } from './stride.js'
import { MORE, type Packet, RING, type Sign, UNSENT } from './wire.js'

/** How long, in milliseconds, an item waits for company before its batch is sent. */
const MAX_WAIT = 1

/** A batch that weighs so much is sent: beyond it a message costs no less per byte. */
const MAX_BYTES = 128 * 1024

/** A producer that fills its batches in time gets larger ones, by this factor. */
const GROWTH = 4

type Send = (message: Packet | Sign, bytes: number, moves: readonly Transferable[]) => void

/**
 * Collects items until they are worth a message. The batch grows while the producer fills it faster than it is
 * flushed by time, and shrinks to one for a slow producer, whose items should not wait.
 */
export class Batch {
  readonly #send: Send
  readonly #packer: Packer
  readonly #stride = new Stride(16)
  #size = 1
  #ring: RingWriter | undefined
  /** How many numbers were written to the ring and not told. */
  #written = 0
  /** When the producer began to work on this batch. */
  #since = 0

  /** `send` is given each message, about what it weighs, and what is to be moved with it. */
  constructor(send: Send, stays: Stays | undefined) {
    this.#send = send
    this.#packer = new Packer(stays)
  }

  get isEmpty(): boolean {
    return this.#length === 0
  }

  /** The producer goes to work: what was before, it was not busy. Gives the time. */
  begin(): number {
    const time = performance.now()
    this.#stride.begin(time)
    if (this.isEmpty) this.#since = time
    return time
  }

  /** How many items may be added until they must be counted, at least one. */
  get room(): number {
    return Math.max(1, Math.min(this.#stride.left, this.#size - this.#length))
  }

  /** From now on whole numbers may go by this memory, where that is what the items are. */
  lend(memory: RingWords): void {
    if (!this.#packer.holdsNumbers) return
    this.flush()
    this.#ring = new RingWriter(memory)
    this.#send([RING, UNSENT], 0, [])
  }

  /**
   * Adds one item as it is now: a generator may reuse the object it has yielded. Whether those that were added must be
   * counted at once, because they weigh so much.
   *
   * @throws NotCloneableError when it can't be sent.
   */
  add(item: unknown): boolean {
    if (this.#ring !== undefined) {
      if (this.#ring.write(item)) {
        this.#written++
        return false
      }
      this.leaveRing()
    }
    return this.#packer.add(item) >= MAX_BYTES
  }

  /**
   * Counts items that were added, and sends them when it is time. Gives the time when it looked at the clock, as it
   * does after each slow item, and otherwise 0.
   */
  count(items: number): number {
    const packer = this.#packer
    const isFull = this.#length >= this.#size || packer.bytes >= MAX_BYTES
    if (!this.#stride.count(items) && !isFull) return 0
    const time = this.#stride.look()
    const isLate = time - this.#since >= MAX_WAIT
    if (isLate) this.#size = this.#length
    else if (this.#length >= this.#size) this.#size = Math.min(MAX_ITEMS, this.#size * GROWTH)
    if (isLate || isFull) this.#flush(time)
    return time
  }

  /** Sends what is there, because nothing more will come soon. */
  flush(): void {
    if (!this.isEmpty) this.#flush(performance.now())
  }

  /** Writes no more to the memory that was lent, which may not have room, or be another stream's next. */
  leaveRing(): void {
    if (this.#ring === undefined) return
    this.flush()
    this.#ring = undefined
  }

  get #length(): number {
    return this.#packer.length + this.#written
  }

  #flush(time: number): void {
    this.#since = time
    if (this.#ring !== undefined) {
      this.#written = 0
      if (this.#ring.publish()) this.#send([MORE, UNSENT], 0, [])
      return
    }
    const [packet, moves] = this.#packer.take()
    this.#send(packet, bytesOf(packet), moves)
  }
}
