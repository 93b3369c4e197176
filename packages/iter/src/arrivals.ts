import type { Hand } from './hand.js'
import { RingReader } from './number-ring.js'
import { bytesOf, countOf, itemsOf } from './packet.js'
import type { Packet } from './wire.js'

/** What has arrived and was not taken to hand, in order: in messages, or by a ring that needs none. */
export class Arrivals {
  /** About how many bytes have arrived. */
  bytes = 0
  readonly #later: (Packet | RingReader)[] = []
  /** What comes now, until a message says otherwise. */
  #ring: RingReader | undefined

  /** How many items wait. */
  get count(): number {
    let count = this.#ring?.ahead ?? 0
    for (const arrived of this.#later)
      count += arrived instanceof RingReader ? arrived.ahead : countOf(arrived)
    return count
  }

  /** Whether no other message is here. */
  get isEmpty(): boolean {
    return this.#later.length === 0
  }

  /** Whether what comes now comes by the ring. */
  get readsRing(): boolean {
    return this.#ring !== undefined
  }

  add(packet: Packet): void {
    this.bytes += bytesOf(packet)
    this.#later.push(packet)
  }

  /** What comes after the messages so far comes by the ring, until there is another message. */
  addRing(ring: RingReader): void {
    this.#later.push(ring)
  }

  /** Takes the next batch to hand; gives about how many bytes were counted for it, or `undefined` when there is none. */
  next(hand: Hand): number | undefined {
    for (;;) {
      if (this.#ring !== undefined) {
        const [start, end] = this.#ring.take()
        if (end > start) {
          this.bytes += (end - start) * Int32Array.BYTES_PER_ELEMENT
          hand.hold(this.#ring.words, start, end)
          // Of the ring the credit is limit enough.
          return 0
        }
      }
      const next = this.#later.shift()
      if (next === undefined) {
        hand.empty()
        return undefined
      }
      // Posted after all that is in the ring was written, and taken here after all of it was read.
      this.#ring = next instanceof RingReader ? next : undefined
      if (next instanceof RingReader) continue
      const items = itemsOf(next)
      hand.hold(items, 0, items.length)
      return bytesOf(next)
    }
  }

  /** Reads the ring no more. */
  leaveRing(): void {
    this.#ring = undefined
  }

  /**
   * Forgets all of it; gives how many items that were, about how many bytes were counted for them, and how many came by
   * the ring.
   */
  drop(): readonly [items: number, bytes: number, ofRing: number] {
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
