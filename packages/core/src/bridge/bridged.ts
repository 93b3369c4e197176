import { FunctionCall } from '../call/call.js'
import { inMaking, makingNow, makingOf } from '../call/making.js'
import { type CallTarget, toTask } from '../call/target.js'
import { checkFunction, checkObject } from '../check.js'
import type { TracedCall } from '../diagnostics/call-trace.js'
import { InvalidArgumentError } from '../errors/errors.js'
import { inline } from '../inline/inline.js'
import { isThenable, kindOf } from '../kind.js'
import { type CallOptions, checkCallOptions } from '../options.js'
import { disregard, ignore } from '../promise.js'
import { isEndOf, limitReached } from '../scope/limits.js'
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
    const making = makingOf(target)
    const traced = making?.traced
    const start = (): Promise<unknown> => inline.start(toTask(target, receiver, args, making, false)).promise
    const bounded = traced === undefined ? start() : followed(traced, inMaking(making, start))
    // As of a call: what its scope ended counts as handled.
    const scope = making?.scope
    if (scope === undefined) return bounded
    const promise: Promise<unknown> = bounded.catch(error => {
      if (isEndOf(scope, error)) promise.catch(ignore)
      throw error
    })
    return promise
  }
  function wrapper(this: unknown, ...args: never[]): unknown {
    // Only an async function can be entered with its limits set; of the others it shows when they have returned.
    if (kind === 'async') return boundedBy(method, this, args)
    const target = localTarget(name, method, options)
    const reached = limitReached(toTask(target, this, args, makingNow(), false))
    if (reached !== undefined) return refused(target, reached.reason)
    const result = Reflect.apply(method, this, args)
    if (FunctionCall.isCall(result)) return result.with(options)
    if (isThenable(result)) {
      // It may take until its limit to return: its own outcome is not looked at then.
      disregard(result)
      return boundedBy(() => result, this, [])
    }
    throw new InvalidArgumentError(
      `@bridged(): ${name}() gave a plain value; decorate methods that give a promise or a call`
    )
  }
  return dressedAs(method, wrapper)
}

/** What it gives, with its end told to a tracer. */
function followed(traced: TracedCall, promise: Promise<unknown>): Promise<unknown> {
  traced.onSent()
  return promise.then(
    value => {
      traced.settle(value)
      return value
    },
    error => {
      traced.fail(error)
      throw error
    }
  )
}

/** A call that was over before its method was entered, which can be consumed like the one that it would have given. */
function refused(target: CallTarget, reason: unknown): FunctionCall<unknown> {
  const fn = (): never => {
    throw reason
  }
  return new FunctionCall({ ...target, fn, kind: 'sync', options: undefined }, undefined, [])
}
