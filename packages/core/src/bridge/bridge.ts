import type { FromCaller } from '../arrived.js'
import { configure } from '../call/target.js'
import { checkFunction, checkObject } from '../check.js'
import { InvalidArgumentError } from '../errors/errors.js'
import type { Executor } from '../executor/executor.js'
import { refuseEntryModule } from '../host/entry-module.js'
import { registerOwnExports } from '../host/own-exports.js'
import { moduleUrl } from '../module-url.js'
import { type CallOptions, checkCallOptions } from '../options.js'
import { presentResource } from '../resource/remote-resource.js'
import type { LocalCall, RemoteCall } from '../types.js'
import { address } from './addressed.js'
import { callFactory, isClass, nameOf } from './bridge-function.js'
import { bridgeObject } from './bridge-object.js'
import { localTarget } from './local-target.js'

type AnyFunction = (...args: never[]) => unknown

/** The defaults of addressable functions. */
export interface AddressableOptions extends CallOptions {
  /** Where they run unless a call sets another executor; on the calling thread unless set. */
  executor?: Executor | undefined
}

/** The result of `bridge(import.meta.url, functions)`: each function returns calls that can run on any executor. */
export type Addressable<M> = {
  readonly [K in keyof M]: M[K] extends (...args: infer A) => infer R
    ? (...args: A) => RemoteCall<R, FromCaller>
    : never
}

/** Members that the language itself reads, to print, serialize or iterate an object. */
type AskedByLanguage = symbol | 'toString' | 'toLocaleString' | 'valueOf' | 'toJSON'

/**
 * The result of `bridge(object)`: each method returns calls, every other property is unchanged. Unchanged are also the
 * methods that the language calls by itself: those named by symbols, `toString`, `toLocaleString`, `valueOf` and
 * `toJSON`.
 */
export type LiveObject<O> = {
  [K in keyof O]: K extends AskedByLanguage
    ? O[K]
    : O[K] extends (...args: infer A) => infer R
      ? (...args: A) => LocalCall<R>
      : O[K]
}

/**
 * Wraps a function of this thread so that calling it returns a call, which the caller may await, block on, start,
 * stream or bound. The wrapper keeps the function's name, length, `this` and generics.
 *
 * @throws InvalidArgumentError when an argument is invalid.
 * @example
 * ```ts
 * const add = bridge((a: number, b: number) => a + b)
 * await add(1, 2)      // 3
 * add(1, 2).runSync()  // 3
 * ```
 */
export function bridge<A extends unknown[], R>(
  fn: (...args: A) => R,
  options?: CallOptions
): (...args: A) => LocalCall<R>

/**
 * Makes local functions addressable by their module and name, so that one definition runs on this thread or on an
 * executor, which imports the module. They need not be exported.
 *
 * @throws InvalidArgumentError when the module is the entry module of the process: a worker that imports it would start
 * the application again.
 * @example
 * ```ts
 * export const { hash } = bridge(import.meta.url, { hash: (text: string) => … })
 * await hash('x')                             // here
 * await hash('x').with({ executor: pool })    // there
 * ```
 */
export function bridge<M extends Readonly<Record<string, AnyFunction>>>(
  module: string | URL,
  functions: M,
  options?: AddressableOptions
): Addressable<M>

/**
 * Returns a view of a live object whose methods return calls. They run on the object itself.
 *
 * @throws InvalidArgumentError when `object` is not an object.
 * @example
 * ```ts
 * const client = bridge(new Client())
 * await client.fetch('/').with({ timeout: 500 })
 * ```
 */
export function bridge<O extends object>(object: O, options?: CallOptions): LiveObject<O>

export function bridge(what: unknown, second?: unknown, third?: AddressableOptions): unknown {
  if (typeof what === 'string' || what instanceof URL) {
    return bridgeModule(what, second as Readonly<Record<string, AnyFunction>>, third)
  }
  const options = second as CallOptions | undefined
  checkCallOptions('bridge()', options)
  if (typeof what === 'object' && what !== null) return bridgeObject(what, options)
  checkFunction('bridge()', 'fn', what)
  const fn = what as AnyFunction
  if (isClass(fn)) {
    throw new InvalidArgumentError(`bridge(): ${nameOf(fn)} is a class; bridge an instance of it`)
  }
  const target = localTarget(nameOf(fn), fn, undefined)
  return callFactory(fn, options === undefined ? target : configure(target, options))
}

function bridgeModule(
  where: string | URL,
  functions: Readonly<Record<string, AnyFunction>>,
  options: AddressableOptions | undefined
): Record<string, AnyFunction> {
  const module = moduleUrl('bridge()', where)
  checkCallOptions('bridge()', options)
  checkObject('bridge()', 'functions', functions)
  refuseEntryModule('bridge(): ', module)
  registerOwnExports(module)
  return Object.fromEntries(
    Object.entries(functions).map(([name, fn]) => {
      checkFunction('bridge()', name, fn)
      address(module, name, fn)
      const target = { ...localTarget(name, fn, undefined), module, present: presentResource }
      return [name, callFactory(fn, options === undefined ? target : configure(target, options))]
    })
  )
}
