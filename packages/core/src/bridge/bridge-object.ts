import { InvalidArgumentError } from '../errors/errors.js'
import type { CallOptions } from '../options.js'
import { callFactory, isClass } from './bridge-function.js'
import { localTarget } from './local-target.js'

type AnyFunction = (...args: never[]) => unknown

/** Members that the language itself reads from an object; a call would be a wrong answer. */
const ASKED_BY_LANGUAGE: ReadonlySet<PropertyKey> = new Set([
  'toString',
  'toLocaleString',
  'valueOf',
  'toJSON'
])

/** A view of a live object: its methods return calls that run on the object itself; everything else is passed through. */
export function bridgeObject(object: object, options: CallOptions | undefined): object {
  const wrappers = new Map<PropertyKey, { method: AnyFunction; wrapper: AnyFunction }>()
  const wrap = (key: PropertyKey, method: AnyFunction): AnyFunction => {
    if (typeof key === 'symbol' || ASKED_BY_LANGUAGE.has(key)) return method.bind(object) as AnyFunction
    return callFactory(method, localTarget(String(key), method, options), object)
  }
  const view = (key: PropertyKey, value: unknown): unknown => {
    if (typeof value !== 'function' || key === 'constructor' || isClass(value as AnyFunction)) return value
    const known = wrappers.get(key)
    if (known?.method === value) return known.wrapper
    const method = value as AnyFunction
    const wrapper = wrap(key, method)
    wrappers.set(key, { method, wrapper })
    return wrapper
  }
  // The Proxy's target is an empty object, because a Proxy may not report another value than a frozen target has.
  return new Proxy(Object.create(Object.getPrototypeOf(object) as object | null) as object, {
    get(_, key) {
      if (key === 'then') return undefined
      // JSON does not recognize a view of an array as an array.
      if (key === 'toJSON' && Array.isArray(object) && !(key in object)) return () => object
      return view(key, Reflect.get(object, key, object))
    },
    set: (_, key, value) => Reflect.set(object, key, value, object),
    has: (_, key) => Reflect.has(object, key),
    deleteProperty: (_, key) => Reflect.deleteProperty(object, key),
    ownKeys: () => Reflect.ownKeys(object),
    getPrototypeOf: () => Reflect.getPrototypeOf(object),
    setPrototypeOf: (_, prototype) => Reflect.setPrototypeOf(object, prototype),
    defineProperty(_, key, descriptor) {
      // An existing property keeps the attributes that the descriptor does not name.
      const isKept = descriptor.configurable === undefined && Object.hasOwn(object, key)
      if (descriptor.configurable !== true && !isKept)
        refuseOnView(`define ${String(key)} as not configurable`)
      return Reflect.defineProperty(object, key, descriptor)
    },
    preventExtensions: () => refuseOnView('freeze, seal or close it'),
    getOwnPropertyDescriptor(_, key) {
      const descriptor = Reflect.getOwnPropertyDescriptor(object, key)
      return descriptor === undefined ? undefined : { ...descriptor, configurable: true }
    }
  })
}

/** A Proxy would have to report its target's own state instead of the object's. */
function refuseOnView(what: string): never {
  throw new InvalidArgumentError(`bridge(object): ${what} on the object itself, not on its view`)
}
