import type { CarriedContext } from '@bridge/core'
import { FlatWriter } from './flat-writer.js'
import type { Ring } from './ring.js'
import { putContext } from './ring-calls.js'

/** Its memory is large, and it is only used within one step. */
let telling: FlatWriter | undefined

/** The number of contexts that are remembered. */
const MOST_CONTEXTS = 64

/**
 * The numbers, from 1, by which a thread knows contexts: when a context is sent again, the thread gets a number for it,
 * and calls carry the number. Contexts with the same data are the same object, and no other is sent again (core's
 * context/carried.ts). A request's context is often sent only once, so the first time it is sent with its call.
 */
export class Contexts {
  readonly #numbers = new Map<CarriedContext, number>()
  readonly #remembered: CarriedContext[] = []
  #next = 0
  /** Contexts that were sent without a number. */
  readonly #seen = new WeakSet<CarriedContext>()
  #last: CarriedContext | undefined
  #lastNumber = 0

  /** Its number; `undefined` if the thread does not know it. */
  find(context: CarriedContext): number | undefined {
    if (context === this.#last) return this.#lastNumber
    const number = this.#numbers.get(context)
    if (number === undefined) return undefined
    this.#last = context
    this.#lastNumber = number
    return number
  }

  /** Whether it may get a number: it can be sent once for all calls, and has been sent before. */
  mayAdd(context: CarriedContext): boolean {
    return this.find(context) !== undefined || this.#seen.has(context)
  }

  /** It has been sent without a number. */
  see(context: CarriedContext): void {
    this.#seen.add(context)
  }

  /** Whether a new number would not replace another context. */
  get hasRoom(): boolean {
    return this.#remembered.length < MOST_CONTEXTS
  }

  /**
   * The number by which the thread knows a context that may have one; sends the context if needed; `undefined` if there
   * is no room for it. It is sent only through the ring, which is read before the next message, and after all earlier
   * calls have started.
   */
  numberOf(context: CarriedContext, ring: Ring): number | undefined {
    const known = this.find(context)
    if (known !== undefined) return known
    const number = this.#next + 1
    telling ??= new FlatWriter()
    if (!telling.write([context]) || !putContext(ring, number, telling)) return undefined
    this.#add(context)
    this.#seen.delete(context)
    return number
  }

  /** Gives it the next number, possibly that of an older context. */
  #add(context: CarriedContext): void {
    const had = this.#remembered[this.#next]
    if (had !== undefined) this.#numbers.delete(had)
    if (had === this.#last) this.#last = undefined
    this.#remembered[this.#next] = context
    this.#numbers.set(context, this.#next + 1)
    this.#next = (this.#next + 1) % MOST_CONTEXTS
  }
}
