import type { Transferable } from '@bridge/core/executor'
import { MAX_ITEMS, Packer } from '../encoding/packer.js'
import { bytesOf } from '../encoding/packet.js'
import { ClockSampler } from '../pacing/clock-sampler.js'
import type { Stays } from '../protocol/lost.js'
import { type RingWords, RingWriter } from '../protocol/number-ring.js'
import { type Marker, MORE, type Packet, RING, UNSENT } from '../protocol/wire.js'

/** How long, in milliseconds, an item waits for further items before its batch is sent. */
const MAX_WAIT = 1

/** A batch with this many bytes is sent: beyond it a message gets no cheaper per byte. */
const MAX_BYTES = 128 * 1024

/** The factor by which batches grow when the producer fills them in time. */
const GROWTH = 4

type Send = (message: Packet | Marker, bytes: number, transferList: readonly Transferable[]) => void

/**
 * Collects items until they are worth a message. The batch grows while the producer fills it faster than it is
 * flushed by time, and shrinks to one for a slow producer, whose items should not wait.
 */
export class Batch {
  readonly #send: Send
  readonly #packer: Packer
  readonly #sampler = new ClockSampler(16)
  #size = 1
  #ring: RingWriter | undefined
  /** How many numbers were written to the ring and not published. */
  #written = 0
  /** When the producer started to work on this batch. */
  #since = 0

  /** `send` gets each message, its approximate size, and its transfer list. */
  constructor(send: Send, stays: Stays | undefined) {
    this.#send = send
    this.#packer = new Packer(stays)
  }

  get isEmpty(): boolean {
    return this.#length === 0
  }

  /** The producer starts working; the time before does not count. Returns the time. */
  begin(): number {
    const time = performance.now()
    this.#sampler.restart(time)
    if (this.isEmpty) this.#since = time
    return time
  }

  /** How many items may be added before they must be counted, at least one. */
  get room(): number {
    return Math.max(1, Math.min(this.#sampler.left, this.#size - this.#length))
  }

  /** From now on integers may be sent through this memory, if all items are numbers. */
  lend(memory: RingWords): void {
    if (!this.#packer.holdsNumbers) return
    this.flush()
    this.#ring = new RingWriter(memory)
    this.#send([RING, UNSENT], 0, [])
  }

  /**
   * Adds a copy of an item, because a generator may reuse the object that it has yielded. Returns whether the added items
   * must be counted at once, because they are large.
   *
   * @throws NotCloneableError when the item cannot be sent.
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
   * Counts added items, and sends them when it is time. Returns the time if it has read the clock, as it does after each
   * slow item, otherwise 0.
   */
  count(items: number): number {
    const packer = this.#packer
    const isFull = this.#length >= this.#size || packer.bytes >= MAX_BYTES
    if (!this.#sampler.count(items) && !isFull) return 0
    const time = this.#sampler.sample()
    const isLate = time - this.#since >= MAX_WAIT
    if (isLate) this.#size = this.#length
    else if (this.#length >= this.#size) this.#size = Math.min(MAX_ITEMS, this.#size * GROWTH)
    if (isLate || isFull) this.#flush(time)
    return time
  }

  /** Sends the collected items, because no more will come soon. */
  flush(): void {
    if (!this.isEmpty) this.#flush(performance.now())
  }

  /** Stops writing to the lent memory, which may have no room, or may be given to another stream. */
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
    const [packet, transferList] = this.#packer.take()
    this.#send(packet, bytesOf(packet), transferList)
  }
}
