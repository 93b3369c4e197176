import { bytesOf, countOf, itemsOf } from '../encoding/packet.js'
import { RingReader } from '../protocol/number-ring.js'
import type { Packet } from '../protocol/wire.js'
import type { CurrentBatch } from './current-batch.js'

/** Batches that have arrived and are not the current one, in order: in messages, or in the ring, which needs no messages. */
export class Arrivals {
  /** About how many bytes have arrived. */
  bytes = 0
  readonly #later: (Packet | RingReader)[] = []
  /** The ring, while items come by it. */
  #ring: RingReader | undefined

  /** How many items wait. */
  get count(): number {
    let count = this.#ring?.ahead ?? 0
    for (const arrived of this.#later)
      count += arrived instanceof RingReader ? arrived.ahead : countOf(arrived)
    return count
  }

  /** Whether no further message has arrived. */
  get isEmpty(): boolean {
    return this.#later.length === 0
  }

  /** Whether items currently come by the ring. */
  get readsRing(): boolean {
    return this.#ring !== undefined
  }

  add(packet: Packet): void {
    this.bytes += bytesOf(packet)
    this.#later.push(packet)
  }

  /** Items after the messages so far come by the ring, until there is another message. */
  addRing(ring: RingReader): void {
    this.#later.push(ring)
  }

  /** Makes the next batch the current one; returns about how many bytes were counted for it, or `undefined` if there is none. */
  next(current: CurrentBatch): number | undefined {
    for (;;) {
      if (this.#ring !== undefined) {
        const [start, end] = this.#ring.take()
        if (end > start) {
          this.bytes += (end - start) * Int32Array.BYTES_PER_ELEMENT
          current.set(this.#ring.words, start, end)
          // For the ring, the credit is a sufficient limit.
          return 0
        }
      }
      const next = this.#later.shift()
      if (next === undefined) {
        current.clear()
        return undefined
      }
      // The message was posted after everything in the ring was written, and is taken here after all of that was read.
      this.#ring = next instanceof RingReader ? next : undefined
      if (next instanceof RingReader) continue
      const items = itemsOf(next)
      current.set(items, 0, items.length)
      return bytesOf(next)
    }
  }

  /** Stops reading the ring. */
  leaveRing(): void {
    this.#ring = undefined
  }

  /**
   * Discards everything; returns how many items that were, about how many bytes were counted for them, and how many came
   * by the ring.
   */
  clear(): readonly [items: number, bytes: number, ofRing: number] {
    let items = 0
    let bytes = 0
    for (const arrived of this.#later) {
      if (arrived instanceof RingReader) this.#ring = arrived
      else {
        items += countOf(arrived)
        bytes += bytesOf(arrived)
      }
    }
    this.#later.length = 0
    const ofRing = this.#ring?.skip() ?? 0
    return [items + ofRing, bytes, ofRing]
  }
}
