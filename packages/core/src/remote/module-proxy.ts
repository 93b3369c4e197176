import { declareCallFactory } from '../call/call-mark.js'
import type { CallTarget } from '../call/target.js'
import { memberTarget } from '../object/member.js'
import { namedFunctions } from '../object/named-functions.js'
import { addClass } from '../object/object-reference.js'
import { readOnly } from '../object/read-only.js'
import { isHidden } from './hidden-keys.js'

type AnyFunction = (...args: unknown[]) => unknown

/** What a remote module's functions do when they are used. */
export interface RemoteUse {
  /** Whether what `call` gives is a call. */
  readonly givesCalls: boolean
  /** A call of the function, or of a static method of the class. */
  call(target: CallTarget, args: readonly unknown[], entry: AnyFunction): unknown
  /** `made` is what is constructed: `base`, or a subclass of it. */
  construct(target: CallTarget, args: readonly unknown[], base: AnyFunction, made: AnyFunction): object
}

/**
 * A Proxy that has a function for every name, which is a class for who constructs it. Which names the module really
 * exports only the thread that holds it knows, so a wrong one is told by the call.
 */
export function moduleProxy(module: CallTarget, note: string, use: RemoteUse): object {
  const print = (): string => `Remote ${module.module} on ${module.executor.name}${note}`
  const named = namedFunctions(name => remoteFunction({ ...module, name }, use))
  return readOnly(print, key => (typeof key === 'symbol' || isHidden(key) ? undefined : named(key)))
}

function remoteFunction(target: CallTarget, use: RemoteUse): AnyFunction {
  const fn = function (this: unknown, ...args: unknown[]): unknown {
    return new.target === undefined ? use.call(target, args, fn) : use.construct(target, args, fn, new.target)
  }
  const declared = (one: AnyFunction): AnyFunction => (use.givesCalls ? declareCallFactory(one) : one)
  const statics = namedFunctions(member => {
    const own = memberTarget(target, 'method', member, target.module)
    const method: AnyFunction = (...args) => use.call(own, args, method)
    return declared(method)
  })
  addClass(fn, target)
  // What a function has not itself it looks for here: the methods of a class that it may stand for.
  const inherited = Object.create(Function.prototype) as object
  Object.setPrototypeOf(
    fn,
    new Proxy(inherited, {
      get(_target, key) {
        // V8 takes what inherits from a Proxy for no function unless it is told.
        if (key === Symbol.toStringTag) return 'Function'
        const isOwn = typeof key === 'symbol' || key in Function.prototype
        return isOwn || isHidden(key) ? Reflect.get(Function.prototype, key, fn) : statics(key)
      }
    })
  )
  return declared(fn)
}
