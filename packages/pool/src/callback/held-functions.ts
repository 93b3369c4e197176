import type { CarriedContext } from '@bridge/core'
import { ById } from '../connection/by-id.js'

type AnyFunction = (...args: never[]) => unknown

/** Runs a function in the context of a call: its variables and its scope. */
export type InContext = <R>(step: () => R) => R

/** A function of this thread that another thread holds. */
export interface HeldFunction {
  readonly fn: AnyFunction
  readonly name: string
  /** Runs a function in the context of the call to which the function was last passed. */
  inContext: InContext
  /** The context that was sent with that call. */
  context: CarriedContext | undefined
  /** How often it was sent. */
  sent: number
}

/** The functions that one thread holds. */
export class HeldFunctions {
  readonly #held = new ById<HeldFunction>()

  get size(): number {
    return this.#held.size
  }

  get(id: number): HeldFunction | undefined {
    return this.#held.get(id)
  }

  /** The function is being sent. */
  add(
    id: number,
    fn: AnyFunction,
    name: string,
    inContext: InContext,
    context: CarriedContext | undefined
  ): void {
    const held = this.#held.get(id)
    if (held === undefined) {
      this.#held.set(id, { fn, name, inContext, context, sent: 1 })
      return
    }
    held.sent++
    held.inContext = inContext
    held.context = context
  }

  /** The thread has released it after receiving it so many times; it may have been sent again in the meantime. */
  releaseFunction(id: number, received: number): void {
    const held = this.#held.get(id)
    if (held === undefined) return
    held.sent -= received
    if (held.sent <= 0) this.#held.delete(id)
  }

  clear(): void {
    this.#held.clear()
  }
}
