import { declareCallFactory } from '../call/call-mark.js'
import type { CallTarget } from '../call/target.js'
import { isOfExport } from '../object/about.js'
import { withAsync } from '../object/blocking-members.js'
import { callRemote, exportTarget } from '../object/member.js'
import { namedFunctions } from '../object/named-functions.js'
import { addExport } from '../object/object-reference.js'
import { readOnly } from '../object/read-only.js'
import { hasCrossedAs } from '../wire/crossed-classes.js'
import { isHidden } from './hidden-keys.js'

type AnyFunction = (...args: unknown[]) => unknown

/** What a remote module's functions do when they are called or constructed. */
export interface RemoteUse {
  /** Whether `call` returns a call. */
  readonly givesCalls: boolean
  /** A call of the function, or of a static method of the class. */
  call(target: CallTarget, args: readonly unknown[], entry: AnyFunction): unknown
  /** `made` is the constructed class: `base`, or a subclass of it. */
  construct(target: CallTarget, args: readonly unknown[], base: AnyFunction, made: AnyFunction): object
}

const ordinary = Function.prototype[Symbol.hasInstance]

/**
 * A Proxy that has a function for every name, which can also be constructed as a class. Only the thread that holds the
 * module knows which names it exports, so the call of a wrong name fails.
 */
export function moduleProxy(module: CallTarget, note: string, use: RemoteUse): object {
  const print = (): string => `Remote ${module.module} on ${module.executor.name}${note}`
  const named = namedFunctions(name => remoteFunction({ ...module, name }, use))
  const stub = readOnly(print, key => (typeof key === 'symbol' || isHidden(key) ? undefined : named(key)))
  addExport(stub, module)
  return stub
}

function remoteFunction(target: CallTarget, use: RemoteUse): AnyFunction {
  const fn = function (this: unknown, ...args: unknown[]): unknown {
    return new.target === undefined ? use.call(target, args, fn) : use.construct(target, args, fn, new.target)
  }
  // It may also represent an object, whose members may again be functions, classes and objects.
  const members = namedFunctions(member => remoteFunction(exportTarget(target, 'method', member), use))
  addExport(fn, target)
  // An error is sent with its class, and is an instance of the function that represents the class here.
  const hasInstance = function (this: unknown, value: unknown): boolean {
    if (ordinary.call(this as AnyFunction, value)) return true
    const { module = '', name } = target
    return this === fn && (hasCrossedAs(value, module, name) || isOfExport(value, module, name))
  }
  // Members that a function does not have itself are looked up here: the methods of a class that it may represent.
  const inherited = Object.create(Function.prototype) as object
  Object.setPrototypeOf(
    fn,
    new Proxy(inherited, {
      get(_target, key) {
        // V8 does not treat an object that inherits from a Proxy as a function without this.
        if (key === Symbol.toStringTag) return 'Function'
        if (key === Symbol.hasInstance) return hasInstance
        const isOwn = typeof key === 'symbol' || key in Function.prototype
        return isOwn || isHidden(key) ? Reflect.get(Function.prototype, key, fn) : members(key)
      }
    })
  )
  return use.givesCalls
    ? declareCallFactory(fn)
    : withAsync(fn, (...args) => callRemote(target, undefined, args))
}
