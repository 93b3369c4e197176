import { FunctionCall } from '../call/call.js'
import { checkArguments } from '../call/check-arguments.js'
import type { CallTarget } from '../call/target.js'
import { inline } from '../inline/inline.js'
import { kindOf } from '../kind.js'
import type { CallOptions } from '../options.js'

type AnyFunction = (...args: never[]) => unknown

/** A view of a live object: its methods give calls that run on the object itself, all else is as it is there. */
export function bridgeObject(object: object, options: CallOptions | undefined): object {
  const wrappers = new Map<PropertyKey, { method: AnyFunction; wrapper: AnyFunction }>()
  const view = (key: PropertyKey, value: unknown): unknown => {
    if (typeof value !== 'function' || key === 'constructor') return value
    const known = wrappers.get(key)
    if (known?.method === value) return known.wrapper
    const wrapper = methodWrapper(object, String(key), value as AnyFunction, options)
    wrappers.set(key, { method: value as AnyFunction, wrapper })
    return wrapper
  }
  // Over an empty object: a Proxy may not show another value than a frozen target has.
  return new Proxy(Object.create(Object.getPrototypeOf(object) as object | null) as object, {
    get: (_, key) => (key === 'then' ? undefined : view(key, Reflect.get(object, key, object))),
    set: (_, key, value) => Reflect.set(object, key, value, object),
    has: (_, key) => Reflect.has(object, key),
    ownKeys: () => Reflect.ownKeys(object),
    getOwnPropertyDescriptor(_, key) {
      const descriptor = Reflect.getOwnPropertyDescriptor(object, key)
      return descriptor === undefined ? undefined : { ...descriptor, configurable: true }
    }
  })
}

function methodWrapper(
  object: object,
  name: string,
  fn: AnyFunction,
  options: CallOptions | undefined
): AnyFunction {
  const target: CallTarget = { name, executor: inline, module: undefined, fn, kind: kindOf(fn), options }
  const wrapper = (...args: unknown[]): FunctionCall<unknown> => {
    checkArguments(name, args)
    return new FunctionCall(target, object, args)
  }
  Object.defineProperty(wrapper, 'name', { value: fn.name, configurable: true })
  Object.defineProperty(wrapper, 'length', { value: fn.length, configurable: true })
  return wrapper
}
