import type { Call, ClosureCall, ClosureStreamCall, StreamCall } from './call/types.js'
import type {
  BlockingObject,
  IsRemote,
  RemoteArguments,
  RemoteClass,
  RemoteHandle,
  RemoteSyncClass
} from './object/types.js'
import type { BlockingStream } from './stream/types.js'

/** Whether `T` is `any`. */
export type IsAny<T> = 0 extends 1 & T ? true : false

type AnyIterator<T, R, N> = Iterator<T, R, N>
type AnyAsyncIterable<T> = AsyncIterable<T>

/** The item, return and next types of a result that streams; `never` for a value, which a remote object is. */
type StreamOf<R> =
  IsRemote<R> extends true
    ? never
    : R extends AsyncGenerator<infer T, infer Ret, infer N>
      ? [T, Ret, N]
      : R extends AnyAsyncIterable<infer T>
        ? [T, unknown, undefined]
        : R extends AnyIterator<infer T, infer Ret, infer N>
          ? [T, Ret, N]
          : never

/** Whether every member of `R` that has a name is a method. */
type HasMethodsOnly<R> = {
  [K in keyof R & string]: R[K] extends (...args: never[]) => unknown ? never : K
}[keyof R & string] extends never
  ? true
  : false

/** Whether `R` has members that are private, so that it is a class for sure. */
type HasPrivates<R> = Pick<R, keyof R> extends R ? false : true

/** Headers and FormData have methods only, and are values. */
interface HeadersLike {
  append(name: string, value: string): unknown
  delete(name: string): unknown
  has(name: string): boolean
}

/** The item of an instance of a class that streams because a copy of it would be empty; `never` for everything else. */
type ItemOfInstance<R> =
  R extends Iterable<infer T>
    ? R extends string | HeadersLike
      ? never
      : HasMethodsOnly<R> extends true
        ? // Alone by its iterator it may as well be declared as an Iterable, and be an array.
          [keyof R & string, HasPrivates<R>] extends [never, false]
          ? never
          : T
        : never
    : never

/** The same as `StreamOf` for what crosses to its caller, as the results of a module's functions do. */
type CrossingStreamOf<R> = [StreamOf<R>] extends [never]
  ? IsRemote<R> extends true
    ? never
    : [ItemOfInstance<R>] extends [never]
      ? never
      : [ItemOfInstance<R>, unknown, undefined]
  : StreamOf<R>

/** The call that a function running elsewhere gives for a result of type `R`. */
export type RemoteCall<R> =
  IsAny<R> extends true
    ? Call<R>
    : [R] extends [never]
      ? Call<never>
      : [R] extends [PromiseLike<unknown>]
        ? Call<Awaited<R>>
        : [CrossingStreamOf<R>] extends [never]
          ? Call<Awaited<R>>
          : CrossingStreamOf<R> extends [infer T, infer Ret, infer N]
            ? StreamCall<T, Ret, N>
            : never

/** What `importSync` makes of a result of type `R`: the value itself, or a blocking stream. */
export type BlockingResult<R> =
  IsAny<R> extends true
    ? R
    : [R] extends [never]
      ? never
      : [R] extends [PromiseLike<unknown>]
        ? BlockingValue<Awaited<R>>
        : [CrossingStreamOf<R>] extends [never]
          ? BlockingValue<Awaited<R>>
          : CrossingStreamOf<R> extends [infer T, infer Ret, infer N]
            ? BlockingStream<T, Ret, N>
            : never

/** A remote object is a plain one to blocking code. */
type BlockingValue<T> =
  IsRemote<T> extends true ? (T extends RemoteHandle<infer O> ? BlockingObject<O> : T) : T

/** The call that a local function gives for a result of type `R`: one that can't block has no `runSync`. */
export type LocalCall<R> =
  IsAny<R> extends true
    ? Call<R>
    : [R] extends [never]
      ? Call<never>
      : [R] extends [PromiseLike<unknown>]
        ? ClosureCall<Awaited<R>>
        : [R] extends [AsyncIterable<unknown>]
          ? StreamOf<R> extends [infer T, infer Ret, infer N]
            ? ClosureStreamCall<T, Ret, N>
            : never
          : [StreamOf<R>] extends [never]
            ? Extract<R, PromiseLike<unknown>> extends never
              ? Call<R>
              : ClosureCall<Awaited<R>>
            : StreamOf<R> extends [infer T, infer Ret, infer N]
              ? StreamCall<T, Ret, N>
              : never

/** The names of a module's exports that are plain functions. */
type FunctionNames<M> = {
  // A class is a function too, but it can't be called.
  [K in keyof M]: M[K] extends abstract new (
    ...args: never[]
  ) => unknown
    ? never
    : M[K] extends (...args: never[]) => unknown
      ? K
      : never
}[keyof M]

/** The names of a module's exports that are classes. */
type ClassNames<M> = {
  [K in keyof M]: M[K] extends abstract new (...args: never[]) => unknown ? K : never
}[keyof M]

/**
 * What `executor.import<typeof import('./tasks.js')>()` gives: each exported function gives a call, each class makes
 * objects that live where the module does.
 */
export type Remote<M> = {
  readonly [K in FunctionNames<M>]: M[K] extends (...args: infer A) => infer R
    ? (...args: RemoteArguments<A>) => RemoteCall<R>
    : never
} & {
  readonly [K in ClassNames<M>]: M[K] extends abstract new (
    ...args: never[]
  ) => unknown
    ? RemoteClass<M[K]>
    : never
}

/** What `executor.importSync<typeof import('./tasks.js')>()` gives: each exported function and class, blocking. */
export type RemoteSync<M> = {
  readonly [K in FunctionNames<M>]: M[K] extends (...args: infer A) => infer R
    ? (...args: RemoteArguments<A>) => BlockingResult<R>
    : never
} & {
  readonly [K in ClassNames<M>]: M[K] extends abstract new (
    ...args: never[]
  ) => unknown
    ? RemoteSyncClass<M[K]>
    : never
}
