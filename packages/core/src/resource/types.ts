import type { IsAny } from '../is-any.js'

/** What marks a resource's type. */
declare const entered: unique symbol

/** An entered resource that has to be disposed. */
export interface Entered {
  readonly [entered]?: true
}

/** Whether a type is that of a resource. */
export type IsResource<T> =
  IsAny<T> extends true ? false : [T] extends [never] ? false : typeof entered extends keyof T ? true : false

/**
 * A resource that was entered on its own thread, and whose value has been sent here: it is disposed by `await using` or
 * `using`, which blocks, or by the end of `use`.
 */
export interface RemoteResource<T> extends Disposable, AsyncDisposable {
  readonly value: T
  /**
   * Runs `body` with the value and disposes of the resource after it. An error of the body is thrown into the generator
   * at its `yield`; if the generator catches it and ends, `use` returns `undefined`.
   *
   * @throws DisposedError when the resource was used or disposed before.
   */
  use<R>(body: (value: T) => R | PromiseLike<R>): Promise<R | undefined>
}

/** The same for `importSync()`: its disposal and its `use` block. */
export interface RemoteSyncResource<T> extends Disposable, AsyncDisposable {
  readonly value: T
  /**
   * Runs `body` with the value and disposes of the resource after it. An error of the body is thrown into the generator
   * at its `yield`; if the generator catches it and ends, `use` returns `undefined`.
   *
   * @throws DisposedError when the resource was used or disposed before; InvalidArgumentError when the body is
   * asynchronous: it would outlive the value that it uses.
   */
  use<R>(body: (value: T) => R): R | undefined
}
