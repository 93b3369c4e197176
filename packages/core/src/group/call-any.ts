import { bridge } from '../bridge/bridge.js'
import type { Call } from '../call/types.js'
import { checkFunction, refuse } from '../check.js'
import type { CallOptions } from '../options.js'
import type { LocalCall } from '../types.js'
import { parallelMap } from './parallel-map.js'

type AnyFunction = (...args: never[]) => unknown

/**
 * Calls one function once, whatever its kind, and gives its call: `bridge(fn, options)(...args)` for people who
 * come from synchronaut.
 *
 * @throws InvalidArgumentError when an argument makes no sense.
 * @example
 * ```ts
 * await callAny(fetchUser, [1], { timeout: 500 })
 * ```
 */
export function callAny<A extends unknown[], R>(
  fn: (...args: A) => R,
  args: NoInfer<A>,
  options?: CallOptions
): LocalCall<R> {
  checkFunction('callAny()', 'fn', fn)
  if (!Array.isArray(args)) refuse('callAny()', 'args must be an array', args)
  return bridge(fn, options)(...args)
}

/** The results of functions, in their order. */
type Results<F extends readonly AnyFunction[]> = { -readonly [K in keyof F]: Awaited<ReturnType<F[K]>> }

/**
 * Calls several functions with the same arguments, all at once, and gives one call of all their results; the
 * first failure aborts the others.
 *
 * @throws InvalidArgumentError when one of `fns` is not a function.
 * @example
 * ```ts
 * const [user, orders] = await callMap([fetchUser, fetchOrders], 1)
 * ```
 */
export function callMap<A extends unknown[], const F extends readonly ((...args: A) => unknown)[]>(
  fns: F,
  ...args: A
): Call<Results<F>> {
  if (!Array.isArray(fns)) refuse('callMap()', 'fns must be an array', fns)
  for (const fn of fns as readonly unknown[]) checkFunction('callMap()', 'each of fns', fn)
  return parallelMap(fns as readonly AnyFunction[], fn =>
    bridge(fn as (...args: A) => unknown)(...args)
  ) as Call<Results<F>>
}
