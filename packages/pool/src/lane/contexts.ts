import type { CarriedContext } from '@bridge/core'
import { isConstant } from '@bridge/core/internal'

/** So many are remembered. */
const MOST_CONTEXTS = 64

/**
 * The numbers, from 1, by which a thread knows contexts that never change: it is told each once, and a call carries the
 * number. Three numbers added 7 µs of CPU to a call, 64 at once, while they travelled with each, and add 2 this way.
 */
export class Contexts {
  readonly #numbers = new Map<CarriedContext, number>()
  readonly #remembered: CarriedContext[] = []
  #next = 0
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

  /** Whether it may be given a number. */
  mayAdd(context: CarriedContext): boolean {
    return isConstant(context)
  }

  /** The number that the next one gets. */
  get next(): number {
    return this.#next + 1
  }

  /** Gives it that number, which another one may have had. */
  add(context: CarriedContext): void {
    const had = this.#remembered[this.#next]
    if (had !== undefined) this.#numbers.delete(had)
    if (had === this.#last) this.#last = undefined
    this.#remembered[this.#next] = context
    this.#numbers.set(context, this.#next + 1)
    this.#next = (this.#next + 1) % MOST_CONTEXTS
  }
}
