import { FunctionCall } from '../call/call.js'
import { toTask } from '../call/target.js'
import { checkFunction, checkObject } from '../check.js'
import { InvalidArgumentError } from '../errors/errors.js'
import { inline } from '../inline/inline.js'
import { isThenable, kindOf } from '../kind.js'
import { type CallOptions, checkCallOptions } from '../options.js'
import { dressedAs } from './bridge-function.js'
import { localTarget } from './local-target.js'

type AnyMethod = (this: unknown, ...args: never[]) => unknown

/** A decorator for methods that give promises or calls, in either of the two forms TypeScript has. */
export interface BridgedDecorator {
  /** The standard's form. */
  <This, A extends unknown[], R extends PromiseLike<unknown>>(
    method: (this: This, ...args: A) => R,
    context: ClassMethodDecoratorContext<This, (this: This, ...args: A) => R>
  ): (this: This, ...args: A) => R
  /** The legacy form (`experimentalDecorators`). */
  <F extends (...args: never[]) => PromiseLike<unknown>>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<F>
  ): void
}

/**
 * Decorates a method with the options of its calls. An async method stays eager and gives a real Promise, bounded
 * by the options; the options of a method that returns calls are merged into them. A plain synchronous method is
 * a type error: there is nothing to bound.
 *
 * @throws InvalidArgumentError when an option makes no sense, or (at the call) when the method gave a plain value.
 * @example
 * ```ts
 * class Users {
 *   @bridged({ timeout: 500 })
 *   async find(id: number): Promise<User> { … }
 * }
 * ```
 */
export function bridged(options: CallOptions): BridgedDecorator {
  checkObject('@bridged()', 'options', options)
  checkCallOptions('@bridged()', options)
  if (options.executor !== undefined) {
    throw new InvalidArgumentError(
      '@bridged(): a method runs where its object lives; instead of an executor, pool.import the class'
    )
  }
  const decorate = (first: unknown, _context: unknown, descriptor?: PropertyDescriptor): unknown => {
    if (descriptor === undefined) return bound(first as AnyMethod, options)
    descriptor.value = bound(descriptor.value as AnyMethod, options)
    return undefined
  }
  return decorate as BridgedDecorator
}

function bound(method: AnyMethod, options: CallOptions): AnyMethod {
  checkFunction('@bridged()', 'the decorated method', method)
  const kind = kindOf(method)
  const { name } = method
  const boundedBy = (fn: AnyMethod, receiver: unknown, args: readonly unknown[]): Promise<unknown> => {
    const target = localTarget(name, fn, options)
    return inline.start(toTask(target, receiver, args, false)).promise
  }
  function wrapper(this: unknown, ...args: never[]): unknown {
    // Only an async function can be entered with its limits set; of the others it shows when they have returned.
    if (kind === 'async') return boundedBy(method, this, args)
    const result = Reflect.apply(method, this, args)
    if (FunctionCall.isCall(result)) return result.with(options)
    if (isThenable(result)) {
      return boundedBy(() => result, this, [])
    }
    throw new InvalidArgumentError(
      `@bridged(): ${name}() gave a plain value; decorate methods that give a promise or a call`
    )
  }
  return dressedAs(method, wrapper)
}
