import { refuse } from '../check.js'
import { inline } from '../inline/inline.js'
import { localObject } from './local-object.js'
import { mark } from './marks.js'
import { nameOfClass } from './shape.js'
import type { RemoteObject } from './types.js'

// biome-ignore lint/suspicious/noExplicitAny: the only constraint that every function's type meets
type AnyFunction = (...args: any[]) => unknown

/**
 * Keeps a value where it is, instead of copying it, when it is sent inside data. A function becomes a callback for its
 * receiver, as a function that is an argument itself does anyway; the function is returned. An object that a task
 * returns is kept for the caller, who gets a `RemoteObject` of it.
 *
 * @throws InvalidArgumentError when `value` is neither a function nor an object.
 * @example
 * ```ts
 * await tasks.scan(files, { onFound: proxy(path => console.log(path)) })
 *
 * export async function open(file: string) {          // in a module of tasks
 *   return proxy(await Database.connect(file))
 * }
 * ```
 */
export function proxy<F extends AnyFunction>(value: F): F
export function proxy<T extends object>(value: T): RemoteObject<T>
export function proxy(value: unknown): unknown {
  if (typeof value === 'function') return mark(value, 'proxy')
  if (typeof value !== 'object' || value === null) {
    refuse('proxy()', 'value must be a function or an object', value)
  }
  return localObject(value, inline, nameOfClass(value))
}

/**
 * Marks a callback as one-way, such as one that reports progress: a call of it from another thread returns `undefined`
 * immediately. Its calls arrive in order, before the task's result, and are bounded: a caller that calls it faster than
 * it runs has to wait. An error that it throws ends the call that it was passed to.
 *
 * @throws InvalidArgumentError when `fn` is not a function.
 * @example
 * ```ts
 * await tasks.convert(file, notify(percent => bar.update(percent)))
 * ```
 */
export function notify<A extends unknown[]>(fn: (...args: A) => void): (...args: A) => void {
  if (typeof fn !== 'function') refuse('notify()', 'fn must be a function', fn)
  return mark(fn, 'notify')
}
