import { bridge } from '../bridge/bridge.js'
import { isCallFactory } from '../call/call-mark.js'
import type { Call, ClosureCall } from '../call/types.js'
import { checkFunction, refuse } from '../check.js'
import { type CallOptions, checkCallOptions } from '../options.js'
import type { LocalCall } from '../types.js'
import { parallelMap } from './parallel-map.js'

type AnyFunction = (...args: never[]) => unknown

type AnyCall = ClosureCall<unknown>

/**
 * Calls one function once, whatever its kind, and returns its call: the equivalent of `bridge(fn, options)(...args)`
 * for people who know synchronaut. If the function returns calls itself, its call is returned, with the options.
 *
 * @throws InvalidArgumentError when an argument is invalid.
 * @example
 * ```ts
 * await callAny(fetchUser, [1], { timeout: 500 })
 * callAny(tasks.hash, ['x', 10], { timeout: 500 }).runSync()
 * ```
 */
export function callAny<A extends unknown[], C extends AnyCall>(
  fn: (...args: A) => C,
  args: NoInfer<A>,
  options?: CallOptions
): C
export function callAny<A extends unknown[], R>(
  fn: (...args: A) => R,
  args: NoInfer<A>,
  options?: CallOptions
): LocalCall<R>
export function callAny(fn: AnyFunction, args: unknown[], options?: CallOptions): unknown {
  checkFunction('callAny()', 'fn', fn)
  if (!Array.isArray(args)) refuse('callAny()', 'args must be an array', args)
  checkCallOptions('callAny()', options)
  if (!isCallFactory(fn)) return bridge(fn as (...args: unknown[]) => unknown, options)(...args)
  const call = (fn as (...args: unknown[]) => AnyCall)(...args)
  return options === undefined ? call : call.with(options)
}

/** The results of functions, in their order. */
type Results<F extends readonly AnyFunction[]> = { -readonly [K in keyof F]: Awaited<ReturnType<F[K]>> }

/**
 * Calls several functions with the same arguments at the same time, and returns one call of all their results; the
 * first failure aborts the others. Options for each of their calls may come first. The calls of functions that return
 * calls are awaited or, by `runSync()`, blocked on.
 *
 * @throws InvalidArgumentError when one of `fns` is not a function, or an option is invalid.
 * @example
 * ```ts
 * const [user, orders] = await callMap([fetchUser, fetchOrders], 1)
 * const [short, long] = callMap({ timeout: 500 }, [tasks.hash, tasks.digest], 'x').runSync()
 * ```
 */
export function callMap<A extends unknown[], const F extends readonly ((...args: A) => unknown)[]>(
  fns: F,
  ...args: A
): Call<Results<F>>
export function callMap<A extends unknown[], const F extends readonly ((...args: A) => unknown)[]>(
  options: CallOptions,
  fns: F,
  ...args: A
): Call<Results<F>>
export function callMap(first: unknown, ...rest: unknown[]): unknown {
  const hasOptions = typeof first === 'object' && first !== null && !Array.isArray(first)
  const options = hasOptions ? (first as CallOptions) : undefined
  const [fns, ...args] = hasOptions ? rest : [first, ...rest]
  checkCallOptions('callMap()', options)
  if (!Array.isArray(fns)) refuse('callMap()', 'fns must be an array', fns)
  for (const fn of fns as readonly unknown[]) checkFunction('callMap()', 'each of fns', fn)
  return parallelMap(fns as ((...args: unknown[]) => unknown)[], fn => callAny(fn, args, options))
}
