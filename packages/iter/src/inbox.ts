import { bytesOf, countOf, itemsOf } from './packet.js'
import type { Packet } from './wire.js'

type Result = IteratorResult<unknown, unknown>

/** How a stream ended: with a value, or with an error that is made when somebody takes it. */
export type Ending = { readonly value: unknown } | { readonly thrown: () => unknown }

/** So many bytes taken are told to the producer at once: it waits when it is twice as far ahead. */
const MANY_BYTES = 512 * 1024

const nothing: ArrayLike<unknown> = []

/** What has arrived and was not taken yet: the items in order, and after them how the stream ended. */
export class Inbox {
  /** About how many bytes have arrived. */
  bytes = 0
  readonly #window: number
  readonly #grant: (items: number, bytes: number) => void
  #items = nothing
  #index = 0
  /** Up to here the items are given without a second thought. */
  #freeUntil = 0
  /** Up to here the items of this batch are counted in what is owed. */
  #counted = 0
  /** Items that were in the batches before this one. */
  #before = 0
  readonly #later: Packet[] = []
  #ending: Ending | undefined
  #isTold = false
  /** What was taken and is not given back yet. */
  #owed: number
  #owedBytes = 0
  /** How many items are given back together: half the window, so that a producer that is kept up with need not stand still. */
  #owedAtMost: number

  /**
   * `grant` asks the producer for that many items more, and tells how many bytes were taken; together never more
   * than `window` items are under way. With a window of zero nothing is asked for here: each step is ordered by
   * itself.
   */
  constructor(window: number, grant: (items: number, bytes: number) => void) {
    this.#window = window
    this.#grant = grant
    this.#owed = window
    this.#owedAtMost = window / 2
  }

  get hasEnded(): boolean {
    return this.#ending !== undefined
  }

  /** How many items were taken. */
  get taken(): number {
    return this.#before + this.#index
  }

  /** How many items wait here. */
  get ahead(): number {
    return this.#later.reduce((sum, packet) => sum + countOf(packet), this.#items.length - this.#index)
  }

  add(packet: Packet): void {
    this.bytes += bytesOf(packet)
    this.#later.push(packet)
  }

  /** One item was ordered by itself, in place of one that would have been asked for. */
  spend(): void {
    this.#count()
    this.#owed--
    this.#freeUntil = 0
  }

  /** Only the first ending counts. */
  end(ending: Ending): void {
    this.#ending ??= ending
  }

  /** Forgets the items that nobody will take. */
  drop(): void {
    this.#count()
    this.#owed += this.ahead
    for (const packet of this.#later) this.#owedBytes += bytesOf(packet)
    this.#leave()
    this.#later.length = 0
  }

  /** The next item, if nothing need be done before it: most of them cost no more than this. */
  takeFree(): Result | undefined {
    if (this.#index >= this.#freeUntil) return undefined
    return { done: false, value: this.#items[this.#index++] }
  }

  /**
   * The next item, or the end, or `undefined` when there is nothing yet. At most `free` items after it are given by
   * `takeFree`.
   *
   * @throws whatever ended the stream, once.
   */
  take(free: number): Result | undefined {
    this.#count()
    if (this.#index === this.#items.length && !this.#enterNext()) {
      return this.#ending === undefined ? this.#ask() : this.#tell(this.#ending)
    }
    const value = this.#items[this.#index++]
    this.#count()
    if (this.#owed >= this.#owedAtMost) this.#ask()
    this.#freeUntil = Math.min(
      this.#items.length,
      this.#index + Math.min(free, Math.ceil(this.#owedAtMost - this.#owed) - 1)
    )
    return { done: false, value }
  }

  #count(): void {
    this.#owed += this.#index - this.#counted
    this.#counted = this.#index
  }

  #leave(): void {
    this.#before += this.#index
    this.#index = 0
    this.#counted = 0
    this.#freeUntil = 0
    this.#items = nothing
  }

  /** Goes on to the next batch, if there is one. */
  #enterNext(): boolean {
    this.#leave()
    const next = this.#later.shift()
    if (next === undefined) return false
    this.#items = itemsOf(next)
    // Given back before its items are worked on, so that the next large one is made meanwhile.
    this.#owedBytes += bytesOf(next)
    if (this.#owedBytes >= MANY_BYTES) this.#owedAtMost = 1
    return this.#items.length > 0 || this.#enterNext()
  }

  #ask(): undefined {
    if (this.#window === 0 || this.#owed <= 0 || this.hasEnded) return
    const items = this.#owed
    const bytes = this.#owedBytes
    this.#owed = 0
    this.#owedBytes = 0
    this.#owedAtMost = this.#window / 2
    this.#grant(items, bytes)
  }

  #tell(ending: Ending): Result {
    if (this.#isTold) return { done: true, value: undefined }
    this.#isTold = true
    if ('thrown' in ending) throw ending.thrown()
    return { done: true, value: ending.value }
  }
}
