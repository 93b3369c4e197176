import type { IsAny } from '../is-any.js'

/** What marks a resource's type. */
declare const entered: unique symbol

/** Something that was entered and is to be left. */
export interface Entered {
  readonly [entered]?: true
}

/** Whether a type is that of a resource. */
export type IsResource<T> =
  IsAny<T> extends true ? false : [T] extends [never] ? false : typeof entered extends keyof T ? true : false

/**
 * A resource that was entered where it lives, elsewhere, and whose value has come: it is left by `await using` or
 * `using`, which blocks, or by the end of `use`.
 */
export interface RemoteResource<T> extends Disposable, AsyncDisposable {
  readonly value: T
  /**
   * Runs `body` with the value and leaves the resource after it. An error of the body is thrown into the generator at its
   * `yield`; one that catches it and ends makes `use` give `undefined`.
   *
   * @throws DisposedError when the resource was used or left before.
   */
  use<R>(body: (value: T) => R | PromiseLike<R>): Promise<R | undefined>
}

/** The same of `importSync()`: it is left, and its `use` ends, blocking. */
export interface RemoteSyncResource<T> extends Disposable, AsyncDisposable {
  readonly value: T
  /**
   * Runs `body` with the value and leaves the resource after it. An error of the body is thrown into the generator at its
   * `yield`; one that catches it and ends makes `use` give `undefined`.
   *
   * @throws DisposedError when the resource was used or left before; InvalidArgumentError when the body is asynchronous:
   * it would outlive what it uses.
   */
  use<R>(body: (value: T) => R): R | undefined
}
