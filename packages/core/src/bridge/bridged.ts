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
import { copyNameLengthAndKind } from './bridge-function.js'
import { localTarget } from './local-target.js'

type AnyMethod = (this: unknown, ...args: never[]) => unknown

/** A decorator for methods that return promises or calls, in either of TypeScript's two forms. */
export interface BridgedDecorator {
  /** The standard form. */
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
 * Decorates a method with options for its calls. An async method stays eager and returns a real Promise, bounded by the
 * options; a method that returns calls has the options merged into them. A plain synchronous method is a type error,
 * because there is nothing to bound.
 *
 * @throws InvalidArgumentError when an option is invalid, or (at the call) when the method returned a plain value.
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
    // As for a call: an error that its scope caused counts as handled.
    const scope = making?.scope
    if (scope === undefined) return bounded
    const promise: Promise<unknown> = bounded.catch(error => {
      if (isEndOf(scope, error)) promise.catch(ignore)
      throw error
    })
    return promise
  }
  function wrapper(this: unknown, ...args: never[]): unknown {
    // Only an async function can be started with its limits set; the other kinds are known only after they have
    // returned.
    if (kind === 'async') return boundedBy(method, this, args)
    const target = localTarget(name, method, options)
    const reached = limitReached(toTask(target, this, args, makingNow(), false))
    if (reached !== undefined) return refused(target, reached.reason)
    const result = Reflect.apply(method, this, args)
    if (FunctionCall.isCall(result)) return result.with(options)
    if (isThenable(result)) {
      // It may take until its limit to return; then nothing handles its own outcome.
      disregard(result)
      return boundedBy(() => result, this, [])
    }
    throw new InvalidArgumentError(
      `@bridged(): ${name}() returned a plain value; decorate methods that return a promise or a call`
    )
  }
  return copyNameLengthAndKind(method, wrapper)
}

/** The promise, with its end reported to a tracer. */
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

/**
 * A call that was refused before its method was entered. It can be consumed like the call that the method would have
 * returned.
 */
function refused(target: CallTarget, reason: unknown): FunctionCall<unknown> {
  const fn = (): never => {
    throw reason
  }
  return new FunctionCall({ ...target, fn, kind: 'sync', options: undefined }, undefined, [])
}
