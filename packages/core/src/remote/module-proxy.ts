import { inspect } from 'node:util'
import { type CallTarget, remoteTarget } from '../call/target.js'
import type { Executor } from '../executor/executor.js'
import { isHidden } from './hidden-keys.js'

type AnyFunction = (...args: unknown[]) => unknown

/**
 * A Proxy that has a function for every name. Which names the module really exports only the thread that holds
 * it knows, so a wrong one is told by the call.
 */
export function moduleProxy(
  executor: Executor,
  module: string,
  note: string,
  make: (target: CallTarget) => AnyFunction
): object {
  const functions = new Map<string, AnyFunction>()
  const print = (): string => `Remote ${module} on ${executor.name}${note}`
  const get = (_target: object, key: string | symbol): unknown => {
    if (key === inspect.custom) return print
    if (typeof key === 'symbol' || isHidden(key)) return undefined
    let fn = functions.get(key)
    if (fn === undefined) {
      fn = make(remoteTarget(key, executor, module))
      Object.defineProperty(fn, 'name', { value: key, configurable: true })
      functions.set(key, fn)
    }
    return fn
  }
  // `inspect` looks through a Proxy at its target.
  const target = Object.create(null, { [inspect.custom]: { value: print } }) as object
  return new Proxy(target, {
    get,
    set: () => false,
    defineProperty: () => false,
    deleteProperty: () => false
  })
}
