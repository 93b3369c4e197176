import { FunctionCall } from '../call/call.js'
import { checkArguments } from '../call/check-arguments.js'
import { configure } from '../call/target.js'
import { checkFunction } from '../check.js'
import { inline } from '../inline/inline.js'
import { declareKind, kindOf } from '../kind.js'
import { type CallOptions, checkCallOptions } from '../options.js'
import type { LocalCall } from '../types.js'

/**
 * Wraps a function of this thread so that calling it gives a call, which the caller may await, block on, start,
 * stream or bound. The wrapper keeps the function's name, length, `this` and generics.
 *
 * @throws InvalidArgumentError when `fn` is not a function or an option makes no sense.
 * @example
 * ```ts
 * const add = bridge((a: number, b: number) => a + b)
 * await add(1, 2)      // 3
 * add(1, 2).runSync()  // 3
 * ```
 */
export function bridge<A extends unknown[], R>(
  fn: (...args: A) => R,
  options?: CallOptions
): (...args: A) => LocalCall<R> {
  checkFunction('bridge()', 'fn', fn)
  checkCallOptions('bridge()', options)
  const kind = kindOf(fn)
  const name = fn.name === '' ? 'anonymous' : fn.name
  const base = { name, executor: inline, module: undefined, fn, kind, options: undefined }
  const target = options === undefined ? base : configure(base, options)
  function wrapper(this: unknown, ...args: A): LocalCall<R> {
    checkArguments(name, args)
    return new FunctionCall(target, this, args) as unknown as LocalCall<R>
  }
  Object.defineProperty(wrapper, 'name', { value: fn.name, configurable: true })
  Object.defineProperty(wrapper, 'length', { value: fn.length, configurable: true })
  declareKind(wrapper, kind)
  return wrapper
}
