import { checkFunction, refuse } from '../check.js'
import { kindOf, streams } from '../kind.js'
import { asyncResource, syncResource } from './generator-resource.js'

/** A value that is cleaned up, by `using` or by the end of `use`. */
export interface Resource<T> extends Disposable {
  readonly value: T
  /**
   * Runs `body` with the value and cleans up after it. An error of the body is thrown into the generator at its
   * `yield`; a generator that catches it and ends makes `use` return `undefined`.
   */
  use<R>(body: (value: T) => R): R | undefined
}

/** A value that is cleaned up asynchronously, by `await using` or by the end of `use`. */
export interface AsyncResource<T> extends AsyncDisposable {
  readonly value: T
  /** The same as of `Resource`, awaited. */
  use<R>(body: (value: T) => R | PromiseLike<R>): Promise<R | undefined>
}

/**
 * Makes a resource of a generator function with one `yield`: what stands before it acquires, what it yields is
 * the value, what stands after it (best in a `finally`) cleans up. The generator runs up to its `yield` when the
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
 * temporary('/tmp/x-').use(folder => { … })     // the same without `using`
 * ```
 */
export function resource<A extends unknown[], T>(
  fn: (...args: A) => Generator<T, unknown, unknown>
): (...args: A) => Resource<T>
export function resource<A extends unknown[], T>(
  fn: (...args: A) => AsyncGenerator<T, unknown, unknown>
): (...args: A) => Promise<AsyncResource<T>>
export function resource(fn: (...args: never[]) => unknown): unknown {
  checkFunction('resource()', 'fn', fn)
  const kind = kindOf(fn)
  const name = fn.name || 'the resource'
  if (!streams(kind)) {
    refuse('resource()', 'fn must be a generator function with one yield', fn)
  }
  return (...args: never[]) => {
    const generator = fn(...args)
    return kind === 'generator'
      ? syncResource(name, generator as Generator<unknown>)
      : asyncResource(name, generator as AsyncGenerator<unknown>)
  }
}
