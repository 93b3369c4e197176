import { FunctionCall } from '../call/call.js'
import { declareCallFactory } from '../call/call-mark.js'
import { checkArguments } from '../call/check-arguments.js'
import type { CallTarget } from '../call/target.js'
import { copyNameAndLength } from '../function-look.js'
import { declareKind, kindOf } from '../kind.js'

type AnyFunction = (...args: never[]) => unknown

/** A function that returns calls of `target`, and has the look of `fn`. Its receiver is `object`, or else its `this`. */
export function callFactory(fn: AnyFunction, target: CallTarget, object?: object): AnyFunction {
  const factory = function (this: unknown, ...args: unknown[]): unknown {
    if (object !== undefined && new.target !== undefined)
      return Reflect.construct(fn as unknown as new () => object, args)
    checkArguments(target.name, args)
    return new FunctionCall(target, object ?? this, args)
  }
  return declareCallFactory(copyNameLengthAndKind(fn, factory))
}

/** Gives a wrapper the name, length and kind of the function that it wraps. */
export function copyNameLengthAndKind(fn: AnyFunction, wrapper: AnyFunction): AnyFunction {
  declareKind(wrapper, kindOf(fn))
  return copyNameAndLength(fn, wrapper)
}

/** Whether a function is a class, which can only be constructed. */
export function isClass(fn: AnyFunction): boolean {
  return /^class\b/.test(Function.prototype.toString.call(fn))
}

/** A function's name for messages. */
export function nameOf(fn: AnyFunction): string {
  return fn.name || 'anonymous'
}
