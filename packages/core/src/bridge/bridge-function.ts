import { FunctionCall } from '../call/call.js'
import { checkArguments } from '../call/check-arguments.js'
import type { CallTarget } from '../call/target.js'
import { declareKind, kindOf } from '../kind.js'

type AnyFunction = (...args: never[]) => unknown

/** A function that gives calls of `target`, and looks like `fn`. Its receiver is `object`, or else its `this`. */
export function callMaker(fn: AnyFunction, target: CallTarget, object?: object): AnyFunction {
  return dressedAs(fn, function (this: unknown, ...args: unknown[]): FunctionCall<unknown> {
    checkArguments(target.name, args)
    return new FunctionCall(target, object ?? this, args)
  })
}

/** Gives a wrapper the name, length and kind of the function that it wraps. */
export function dressedAs(fn: AnyFunction, wrapper: AnyFunction): AnyFunction {
  for (const key of ['name', 'length'] as const) {
    Object.defineProperty(wrapper, key, { value: fn[key], configurable: true })
  }
  declareKind(wrapper, kindOf(fn))
  return wrapper
}

/** A function's name for messages. */
export function nameOf(fn: AnyFunction): string {
  return fn.name || 'anonymous'
}
