import { bytesOf, countOf } from '../encoding/packet.js'
import type { RingReader } from '../protocol/number-ring.js'
import type { Packet } from '../protocol/wire.js'
import { Arrivals } from './arrivals.js'
import { CurrentBatch } from './current-batch.js'

type Result = IteratorResult<unknown, unknown>

/** How a stream ended: with a value, or with an error that is created when it is taken. */
export type Outcome = { readonly value: unknown } | { readonly thrown: () => unknown }

/** This many taken bytes are reported to the producer at once: it pauses when it is twice as far ahead. */
const MANY_BYTES = 512 * 1024

/** … and this many if nothing else has arrived, to a producer that pauses because all streams of its thread are far ahead. */
const FEW_BYTES = 32 * 1024

/** For a consumer that takes half a window within this many milliseconds, the window doubles … */
const FAST = 2

/** … and for one that takes longer than this, it halves again, because slow reading needs no large window. */
const SLOW = 10

/** The maximum window: with more, the producer is woken so rarely that it costs nothing. */
export const WIDEST = 65_536

/** Half the window is granted at once, so that a producer whose consumer keeps up need not pause … */
const LATER = 2

/** … but only this part of the first window, if it may grow: a fast producer would have filled half of it by then. */
const AT_FIRST = 8

/** Callbacks of an inbox. */
interface InboxOptions {
  /** Requests items and reports taken bytes; `isFast` if a fast consumer takes integers. */
  readonly grant: (items: number, bytes: number, isFast: boolean) => void
  /** Called when no more items are read. */
  readonly onReleased: () => void
  /** Called when more has arrived than was requested. */
  readonly onCreditExceeded: () => void
}

/** What has arrived and was not taken yet: the items in order, and after them the outcome of the stream. */
export class Inbox {
  /** Both sides take items from it directly, without a call of the inbox. */
  readonly current = new CurrentBatch()
  readonly #narrowest: number
  readonly #widest: number
  #window: number
  readonly #options: InboxOptions
  /** Items of the current batch up to this index are counted in `#owed`. */
  #counted = 0
  /** The number of items in earlier batches. */
  #before = 0
  readonly #arrivals = new Arrivals()
  #outcome: Outcome | undefined
  #isReported = false
  /** Items that were taken and for which no new credit was granted yet. */
  #owed: number
  /** How many items may still arrive: those that were requested, and have not arrived. */
  #due: number
  #owedBytes = 0
  #isHeld = false
  /** For how many items credit is granted at once. */
  #owedAtMost: number
  /** When items were last requested; `undefined` before the first request. */
  #requestedAt: number | undefined

  /**
   * `grant` requests more items from the producer, and reports how many bytes were taken; there are never more than
   * `window` items on their way, for a fast consumer up to `widest`. With a window of 0 nothing is requested here: each
   * step is requested by itself. `asked` items of the window were requested already.
   */
  constructor(window: number, widest: number, asked: number, options: InboxOptions) {
    this.#window = window
    this.#narrowest = window
    this.#widest = widest
    this.#options = options
    this.#owed = window - asked
    this.#due = asked
    this.#owedAtMost = window / (widest > window ? AT_FIRST : LATER)
    if (asked > 0) this.#requestedAt = performance.now()
  }

  get hasEnded(): boolean {
    return this.#outcome !== undefined
  }

  /** How many items were taken. */
  get taken(): number {
    return this.#before + this.current.index - this.current.start
  }

  /** How many items have arrived and were not taken. */
  get ahead(): number {
    return this.#arrivals.count + this.current.end - this.current.index
  }

  /** About how many bytes have arrived. */
  get bytes(): number {
    return this.#arrivals.bytes
  }

  /** Whether items currently come by the ring. */
  get readsRing(): boolean {
    return this.#arrivals.readsRing
  }

  /** Adds items that have arrived, if they were requested. */
  add(packet: Packet): void {
    if (this.#isDue(countOf(packet))) this.#arrivals.add(packet)
  }

  /** Discards items that are no longer wanted; they count as taken. */
  discard(packet: Packet): void {
    const items = countOf(packet)
    if (!this.#isDue(items)) return
    this.#owed += items
    this.#owedBytes += bytesOf(packet)
  }

  /** Items after the messages so far come by the ring, until there is another message. */
  addRing(ring: RingReader): void {
    this.#arrivals.addRing(ring)
  }

  /** The producer pauses until some bytes were taken, and may do so again. */
  hold(): void {
    this.#isHeld = true
    this.#grantSoon()
    // Makes the next pull check again instead of taking from the current batch.
    this.current.until = 0
  }

  /** One item was requested by itself, instead of by credit. */
  spend(): void {
    this.#count()
    this.#owed--
    this.#due++
    this.current.until = 0
  }

  /** Requested items will not arrive any more, and items ahead are discarded: the next pull requests again. */
  reset(): void {
    this.clear()
    this.#owed = this.#window
    this.#due = 0
  }

  /** The outcome of the stream is not reported to a pull. */
  hideOutcome(): void {
    this.#isReported = true
  }

  /** Only the first outcome counts. */
  end(outcome: Outcome): void {
    this.#outcome ??= outcome
  }

  /** To be called when nothing more arrives, and everything has been taken or discarded. */
  release(): void {
    this.#arrivals.leaveRing()
    this.#options.onReleased()
  }

  /** Discards the items that no pull will take. */
  clear(): void {
    this.#count()
    const [items, bytes, ofRing] = this.#arrivals.clear()
    this.#due -= ofRing
    this.#owed += items + this.current.end - this.current.index
    this.#owedBytes += bytes
    this.#before = this.taken
    this.#counted = 0
    this.current.clear()
  }

  /**
   * The next item, or the end, or `undefined` if nothing has arrived yet. At most `free` items after it may be taken from
   * the current batch directly.
   *
   * @throws whatever ended the stream, once.
   */
  take(free: number): Result | undefined {
    const current = this.current
    this.#count()
    if (current.index === current.end && !this.#enterNext()) {
      if (this.#outcome !== undefined) return this.#report(this.#outcome)
      // Below that the producer has credit left, and needs no message.
      return this.#owed >= this.#owedAtMost ? this.#request() : undefined
    }
    const value = current.items[current.index++]
    this.#count()
    if (this.#owed >= this.#owedAtMost) this.#request()
    const beforeRequest = this.hasEnded ? Infinity : Math.ceil(this.#owedAtMost - this.#owed) - 1
    current.until = Math.min(current.end, current.index + Math.min(free, beforeRequest))
    return { done: false, value }
  }

  #isDue(items: number): boolean {
    this.#due -= items
    if (this.#due < 0) this.#options.onCreditExceeded()
    return this.#due >= 0
  }

  #count(): void {
    this.#owed += this.current.index - this.#counted
    this.#counted = this.current.index
  }

  /** Makes the next batch the current one, if there is one. */
  #enterNext(): boolean {
    this.#before = this.taken
    const bytes = this.#arrivals.next(this.current)
    this.#counted = this.current.start
    if (bytes === undefined) return false
    if (this.#arrivals.readsRing && !this.#isDue(this.current.end - this.current.start)) {
      this.current.clear()
      return false
    }
    // Reported before its items are processed, so that the next large batch is made in the meantime.
    this.#owedBytes += bytes
    this.#grantSoon()
    return this.current.end > this.current.start || this.#enterNext()
  }

  /** Reports bytes with the next item that is taken, if the producer may wait for that. */
  #grantSoon(): void {
    const isWaitedFor = this.#isHeld && this.#owedBytes >= FEW_BYTES && this.#arrivals.isEmpty
    if (isWaitedFor || this.#owedBytes >= MANY_BYTES) this.#owedAtMost = 1
  }

  #request(): undefined {
    if (this.#window === 0 || this.#owed <= 0 || this.hasEnded) return
    const isFirst = this.#requestedAt === undefined && this.#widest > this.#narrowest
    const wider = this.#widening()
    const items = this.#owed + wider
    const bytes = this.#owedBytes
    this.#owed = 0
    this.#owedBytes = 0
    this.#due += items
    this.#owedAtMost = this.#window / (isFirst ? AT_FIRST : LATER)
    this.#options.grant(items, bytes, wider > 0 && this.current.items instanceof Int32Array)
  }

  /** By how much the window grows: waking a paused producer costs as much as hundreds of items. */
  #widening(): number {
    const time = performance.now()
    const took = time - (this.#requestedAt ?? -Infinity)
    this.#requestedAt = time
    if (this.#widest === this.#narrowest) return 0
    const window = this.#window
    if (took < FAST) this.#window = Math.min(this.#widest, window * 2)
    // Granted credit cannot be revoked.
    else if (took > SLOW) this.#window = Math.max(this.#narrowest, window >> 1, window - this.#owed)
    return this.#window - window
  }

  #report(outcome: Outcome): Result {
    if (this.#isReported) return { done: true, value: undefined }
    this.#isReported = true
    this.release()
    if ('thrown' in outcome) throw outcome.thrown()
    return { done: true, value: outcome.value }
  }
}
