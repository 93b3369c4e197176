import { checkFunction, refuse } from '../check.js'
import { copyNameAndLength } from '../function-look.js'
import { kindOf, streams } from '../kind.js'
import { asyncResource, syncResource } from './generator-resource.js'
import type { Entered } from './types.js'

/** A value that is cleaned up, by `using` or by the end of `use`. */
export interface Resource<T> extends Entered, Disposable {
  readonly value: T
  /**
   * Runs `body` with the value and cleans up after it. An error of the body is thrown into the generator at its
   * `yield`; if the generator catches it and ends, `use` returns `undefined`. If the cleanup throws another error, that
   * is thrown as by `using`: a SuppressedError whose `suppressed` is the body's error.
   *
   * @throws InvalidArgumentError when the body is asynchronous: it would outlive what it uses.
   */
  use<R>(body: (value: T) => R): R | undefined
}

/** A value that is cleaned up asynchronously, by `await using` or by the end of `use`. */
export interface AsyncResource<T> extends Entered, AsyncDisposable {
  readonly value: T
  /** The same as for `Resource`, awaited. */
  use<R>(body: (value: T) => R | PromiseLike<R>): Promise<R | undefined>
}

/** An asynchronous resource that is being acquired. Its `use` acquires it first. */
export interface ComingResource<T> extends Promise<AsyncResource<T>> {
  use<R>(body: (value: T) => R | PromiseLike<R>): Promise<R | undefined>
}

/**
 * Makes a resource from a generator function with one `yield`: the code before it acquires, the yielded value is the
 * resource's value, the code after it (best in a `finally`) cleans up. The generator runs up to its `yield` when the
 * function is called. Python's `contextmanager`.
 *
 * @throws InvalidArgumentError when `fn` is not a generator function; later, when the generator yields never or
 * twice.
 * @throws DisposedError when the resource is used twice, or after it was disposed.
 * @example
 * ```ts
 * const temporary = resource(function* (prefix: string) {
 *   const folder = mkdtempSync(prefix)
 *   try { yield folder } finally { rmSync(folder, { recursive: true }) }
 * })
 * using folder = temporary('/tmp/x-')           // folder.value
 * temporary('/tmp/x-').use(folder => { … })     // the same without `using`; an asynchronous one is awaited: await lease().use(…)
 * ```
 */
export function resource<A extends unknown[], T>(
  fn: (...args: A) => Generator<T, unknown, unknown>
): (...args: A) => Resource<T>
export function resource<A extends unknown[], T>(
  fn: (...args: A) => AsyncGenerator<T, unknown, unknown>
): (...args: A) => ComingResource<T>
export function resource(fn: (...args: never[]) => unknown): unknown {
  checkFunction('resource()', 'fn', fn)
  const kind = kindOf(fn)
  const name = fn.name || 'the resource'
  if (!streams(kind)) {
    refuse('resource()', 'fn must be a generator function with one yield', fn)
  }
  return copyNameAndLength(fn, function (this: unknown, ...args: never[]) {
    const generator = Reflect.apply(fn, this, args)
    if (kind === 'generator') return syncResource(name, generator as Generator<unknown>)
    const coming = asyncResource(name, generator as AsyncGenerator<unknown>)
    const use = async (body: (value: unknown) => unknown): Promise<unknown> => (await coming).use(body)
    return Object.assign(coming, { use })
  })
}
