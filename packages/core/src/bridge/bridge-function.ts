import { FunctionCall } from '../call/call.js'
import { checkArguments } from '../call/check-arguments.js'
import type { CallTarget } from '../call/target.js'
import { declareKind } from '../kind.js'

type AnyFunction = (...args: never[]) => unknown

/** A function that gives calls of `target`, with the name, length and kind of `fn`, and the receiver `this`. */
export function callMaker(
  fn: AnyFunction,
  target: CallTarget
): (...args: unknown[]) => FunctionCall<unknown> {
  function wrapper(this: unknown, ...args: unknown[]): FunctionCall<unknown> {
    checkArguments(target.name, args)
    return new FunctionCall(target, this, args)
  }
  Object.defineProperty(wrapper, 'name', { value: fn.name, configurable: true })
  Object.defineProperty(wrapper, 'length', { value: fn.length, configurable: true })
  if (target.kind !== undefined) declareKind(wrapper, target.kind)
  return wrapper
}

/** A function's name for messages. */
export function nameOf(fn: AnyFunction): string {
  return fn.name === '' ? 'anonymous' : fn.name
}
