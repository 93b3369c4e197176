import { Arrivals } from './arrivals.js'
import { Hand } from './hand.js'
import type { RingReader } from './number-ring.js'
import { bytesOf, countOf } from './packet.js'
import type { Packet } from './wire.js'

type Result = IteratorResult<unknown, unknown>

/** How a stream ended: with a value, or with an error that is made when somebody takes it. */
export type Ending = { readonly value: unknown } | { readonly thrown: () => unknown }

/** So many bytes taken are told to the producer at once: it waits when it is twice as far ahead. */
const MANY_BYTES = 512 * 1024

/** … and so few where nothing else is here, to one that was held because all streams of its thread are far ahead together. */
const FEW_BYTES = 32 * 1024

/** A consumer that takes half a window in so many milliseconds is given one twice as wide … */
const FAST = 2

/** … and one that takes so many, half as wide again, for what it takes slowly need not be far ahead. */
const SLOW = 10

/** How far a window may widen: beyond it the producer is woken so rarely that it costs nothing. */
export const WIDEST = 65_536

/** Half the window is given back together, so that a producer that is kept up with need not stand still … */
const LATER = 2

/** … but so small a part of the first one, where it may widen: a fast producer would have filled it by then. */
const AT_FIRST = 8

/** What an inbox tells. */
interface InboxOptions {
  /** Asks for items and tells of bytes; `isFast` where they are whole numbers for a consumer that takes them fast. */
  readonly grant: (items: number, bytes: number, isFast: boolean) => void
  /** Called when nothing is read any more. */
  readonly onLeft: () => void
  /** Called when there is more than was asked for. */
  readonly onOverdrawn: () => void
}

/** What has arrived and was not taken yet: the items in order, and after them how the stream ended. */
export class Inbox {
  /** What may be taken from it without asking here costs no more than that. */
  readonly hand = new Hand()
  readonly #narrowest: number
  readonly #widest: number
  #window: number
  readonly #options: InboxOptions
  /** Up to here the items of this batch are counted in what is owed. */
  #counted = 0
  /** Items that were in the batches before this one. */
  #before = 0
  readonly #arrivals = new Arrivals()
  #ending: Ending | undefined
  #isTold = false
  /** What was taken and is not given back yet. */
  #owed: number
  /** How many items may still come: those that were asked for, and are not here. */
  #due: number
  #owedBytes = 0
  #isHeld = false
  /** How many items are given back together. */
  #owedAtMost: number
  /** When items were asked for the last time; `undefined` before the first. */
  #askedAt: number | undefined

  /**
   * `grant` asks the producer for that many items more, and tells how many bytes were taken; together never more
   * than `window` items are under way, for a fast consumer up to `widest`. With a window of zero nothing is asked for
   * here: each step is ordered by itself. `asked` items of the window were asked for already.
   */
  constructor(window: number, widest: number, asked: number, options: InboxOptions) {
    this.#window = window
    this.#narrowest = window
    this.#widest = widest
    this.#options = options
    this.#owed = window - asked
    this.#due = asked
    this.#owedAtMost = window / (widest > window ? AT_FIRST : LATER)
    if (asked > 0) this.#askedAt = performance.now()
  }

  get hasEnded(): boolean {
    return this.#ending !== undefined
  }

  /** How many items were taken. */
  get taken(): number {
    return this.#before + this.hand.index - this.hand.start
  }

  /** How many items wait here. */
  get ahead(): number {
    return this.#arrivals.count + this.hand.end - this.hand.index
  }

  /** About how many bytes have arrived. */
  get bytes(): number {
    return this.#arrivals.bytes
  }

  /** Whether what comes now comes by the ring. */
  get readsRing(): boolean {
    return this.#arrivals.readsRing
  }

  /** Adds what has arrived, as far as it was asked for. */
  add(packet: Packet): void {
    if (this.#isDue(countOf(packet))) this.#arrivals.add(packet)
  }

  /** What has arrived is not wanted any more; it counts as taken. */
  discard(packet: Packet): void {
    const items = countOf(packet)
    if (!this.#isDue(items)) return
    this.#owed += items
    this.#owedBytes += bytesOf(packet)
  }

  /** What comes after the messages so far comes by the ring, until there is another message. */
  addRing(ring: RingReader): void {
    this.#arrivals.addRing(ring)
  }

  /** The producer waits until some of what it is ahead was taken, and may do so again. */
  hold(): void {
    this.#isHeld = true
    this.#tellsSoon()
    // What is in hand is looked at again.
    this.hand.until = 0
  }

  /** One item was ordered by itself, in place of one that would have been asked for. */
  spend(): void {
    this.#count()
    this.#owed--
    this.#due++
    this.hand.until = 0
  }

  /** What was asked for does not come any more, nor do the items that were ahead: the next pull asks anew. */
  reset(): void {
    this.drop()
    this.#owed = this.#window
    this.#due = 0
  }

  /** Nothing is told of how the stream has ended. */
  conceal(): void {
    this.#isTold = true
  }

  /** Only the first ending counts. */
  end(ending: Ending): void {
    this.#ending ??= ending
  }

  /** Nothing more arrives, and what has arrived is taken or forgotten. */
  leave(): void {
    this.#arrivals.leaveRing()
    this.#options.onLeft()
  }

  /** Forgets the items that nobody will take. */
  drop(): void {
    this.#count()
    const [items, bytes, ofRing] = this.#arrivals.drop()
    this.#due -= ofRing
    this.#owed += items + this.hand.end - this.hand.index
    this.#owedBytes += bytes
    this.#before = this.taken
    this.#counted = 0
    this.hand.empty()
  }

  /**
   * The next item, or the end, or `undefined` when there is nothing yet. At most `free` items after it may be taken
   * from the hand.
   *
   * @throws whatever ended the stream, once.
   */
  take(free: number): Result | undefined {
    const hand = this.hand
    this.#count()
    if (hand.index === hand.end && !this.#enterNext()) {
      if (this.#ending !== undefined) return this.#tell(this.#ending)
      // Below that the producer has credit left, and need not be told.
      return this.#owed >= this.#owedAtMost ? this.#ask() : undefined
    }
    const value = hand.items[hand.index++]
    this.#count()
    if (this.#owed >= this.#owedAtMost) this.#ask()
    const beforeAsking = this.hasEnded ? Infinity : Math.ceil(this.#owedAtMost - this.#owed) - 1
    hand.until = Math.min(hand.end, hand.index + Math.min(free, beforeAsking))
    return { done: false, value }
  }

  #isDue(items: number): boolean {
    this.#due -= items
    if (this.#due < 0) this.#options.onOverdrawn()
    return this.#due >= 0
  }

  #count(): void {
    this.#owed += this.hand.index - this.#counted
    this.#counted = this.hand.index
  }

  /** Goes on to the next batch, if there is one. */
  #enterNext(): boolean {
    this.#before = this.taken
    const bytes = this.#arrivals.next(this.hand)
    this.#counted = this.hand.start
    if (bytes === undefined) return false
    if (this.#arrivals.readsRing && !this.#isDue(this.hand.end - this.hand.start)) {
      this.hand.empty()
      return false
    }
    // Given back before its items are worked on, so that the next large one is made meanwhile.
    this.#owedBytes += bytes
    this.#tellsSoon()
    return this.hand.end > this.hand.start || this.#enterNext()
  }

  /** Bytes that the producer may wait for are given back with the next item that is taken. */
  #tellsSoon(): void {
    const isWaitedFor = this.#isHeld && this.#owedBytes >= FEW_BYTES && this.#arrivals.isEmpty
    if (isWaitedFor || this.#owedBytes >= MANY_BYTES) this.#owedAtMost = 1
  }

  #ask(): undefined {
    if (this.#window === 0 || this.#owed <= 0 || this.hasEnded) return
    const isFirst = this.#askedAt === undefined && this.#widest > this.#narrowest
    const wider = this.#widening()
    const items = this.#owed + wider
    const bytes = this.#owedBytes
    this.#owed = 0
    this.#owedBytes = 0
    this.#due += items
    this.#owedAtMost = this.#window / (isFirst ? AT_FIRST : LATER)
    this.#options.grant(items, bytes, wider > 0 && this.hand.items instanceof Int32Array)
  }

  /** How much wider the window becomes: waking a producer that stands still costs as much as hundreds of items. */
  #widening(): number {
    const time = performance.now()
    const took = time - (this.#askedAt ?? -Infinity)
    this.#askedAt = time
    if (this.#widest === this.#narrowest) return 0
    const window = this.#window
    if (took < FAST) this.#window = Math.min(this.#widest, window * 2)
    // No credit can be taken back.
    else if (took > SLOW) this.#window = Math.max(this.#narrowest, window >> 1, window - this.#owed)
    return this.#window - window
  }

  #tell(ending: Ending): Result {
    if (this.#isTold) return { done: true, value: undefined }
    this.#isTold = true
    this.leave()
    if ('thrown' in ending) throw ending.thrown()
    return { done: true, value: ending.value }
  }
}
