import type { CallOptions } from '../options.js'
import { callMaker } from './bridge-function.js'
import { localTarget } from './local-target.js'

type AnyFunction = (...args: never[]) => unknown

/** A view of a live object: its methods give calls that run on the object itself, all else is as it is there. */
export function bridgeObject(object: object, options: CallOptions | undefined): object {
  const wrappers = new Map<PropertyKey, { method: AnyFunction; wrapper: AnyFunction }>()
  const view = (key: PropertyKey, value: unknown): unknown => {
    if (typeof value !== 'function' || key === 'constructor') return value
    const known = wrappers.get(key)
    if (known?.method === value) return known.wrapper
    const method = value as AnyFunction
    const wrapper = callMaker(method, localTarget(String(key), method, options), object)
    wrappers.set(key, { method, wrapper })
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
