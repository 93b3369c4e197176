import { standFor } from '../inline/kind-of-result.js'
import { adapted } from '../stream/stream.js'
import type { Making } from './making.js'
import type { Outcome } from './outcome.js'
import type { CallTarget } from './target.js'

/** Whether a call is a bare function of this thread: nothing bounds it, and nobody watches. */
export function isDirect(target: CallTarget, making: Making | undefined): boolean {
  return (
    target.fn !== undefined &&
    target.options === undefined &&
    target.executor.place === 'here' &&
    making?.scope === undefined &&
    making?.traced === undefined
  )
}

/**
 * Calls a bare function with nothing around it; a promise that it returns is the value of the outcome. It is the
 * way of most calls in place, and all that it saves is their overhead.
 */
export function callDirectly(target: CallTarget, receiver: unknown, args: readonly unknown[]): Outcome {
  try {
    const value: unknown = Reflect.apply(target.fn as () => unknown, receiver, args)
    if (typeof value !== 'object' || value === null || value instanceof Promise) return { value }
    const crosses = target.module !== undefined
    return { value: adapted(target, standFor(target.name, value, 'await', undefined, crosses)) }
  } catch (error) {
    return { error }
  }
}
