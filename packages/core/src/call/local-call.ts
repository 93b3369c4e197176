import { adaptResult } from '../inline/kind-of-result.js'
import { adapted } from '../stream/stream.js'
import type { Making } from './making.js'
import type { Outcome } from './outcome.js'
import type { CallTarget } from './target.js'

/** Whether a call is a bare function of this thread: nothing bounds it, and no tracer observes it. */
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
 * Calls a bare function without any wrapper; a promise that it returns is the value of the outcome. Most local calls
 * take this path, which exists only to save their overhead.
 */
export function callDirectly(target: CallTarget, receiver: unknown, args: readonly unknown[]): Outcome {
  try {
    const value: unknown = Reflect.apply(target.fn as () => unknown, receiver, args)
    if (typeof value !== 'object' || value === null || value instanceof Promise) return { value }
    const crosses = target.module !== undefined
    return { value: adapted(target, adaptResult(target.name, value, 'await', undefined, crosses)) }
  } catch (error) {
    return { error }
  }
}
