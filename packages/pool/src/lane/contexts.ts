import type { CarriedContext } from '@bridge/core'
import { FlatWriter } from './flat-writer.js'
import type { Ring } from './ring.js'
import { putContext } from './ring-calls.js'

/** Its memory is large, and it is used within one step alone. */
let telling: FlatWriter | undefined

/** So many are remembered. */
const MOST_CONTEXTS = 64

/**
 * The numbers, from 1, by which a thread knows contexts: it is told one when it comes again, and a call carries the number.
 * One that is the same data is the same object, and no other comes again (core's context/carried.ts). A request's often
 * comes once, so that the first time it travels with its call.
 */
export class Contexts {
  readonly #numbers = new Map<CarriedContext, number>()
  readonly #remembered: CarriedContext[] = []
  #next = 0
  /** Those that have travelled and have no number. */
  readonly #seen = new WeakSet<CarriedContext>()
  #last: CarriedContext | undefined
  #lastNumber = 0

  /** Its number; `undefined` where the thread does not know it. */
  find(context: CarriedContext): number | undefined {
    if (context === this.#last) return this.#lastNumber
    const number = this.#numbers.get(context)
    if (number === undefined) return undefined
    this.#last = context
    this.#lastNumber = number
    return number
  }

  /** Whether it may be given a number: it is to be told once, and has come before. */
  mayAdd(context: CarriedContext): boolean {
    return this.find(context) !== undefined || this.#seen.has(context)
  }

  /** It has travelled as it is. */
  see(context: CarriedContext): void {
    this.#seen.add(context)
  }

  /** Whether one that is told now gets a number that meant no other before. */
  get hasRoom(): boolean {
    return this.#remembered.length < MOST_CONTEXTS
  }

  /**
   * The number by which the thread knows a context that may have one, which it may be told now; `undefined` where there is
   * no room for that. It is told through the ring alone, which is read before the message that comes next, and when all
   * that came before has started.
   */
  told(context: CarriedContext, ring: Ring): number | undefined {
    const known = this.find(context)
    if (known !== undefined) return known
    const number = this.#next + 1
    telling ??= new FlatWriter()
    if (!telling.write([context]) || !putContext(ring, number, telling)) return undefined
    this.#add(context)
    this.#seen.delete(context)
    return number
  }

  /** Gives it the next number, which another one may have had. */
  #add(context: CarriedContext): void {
    const had = this.#remembered[this.#next]
    if (had !== undefined) this.#numbers.delete(had)
    if (had === this.#last) this.#last = undefined
    this.#remembered[this.#next] = context
    this.#numbers.set(context, this.#next + 1)
    this.#next = (this.#next + 1) % MOST_CONTEXTS
  }
}
