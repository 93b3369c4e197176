import type { Arrived, From, FromObject, Primitive, StaysFirst, Whole } from './arrived.js'
import type { Call, ClosureCall, ClosureStreamCall, StreamCall } from './call/types.js'
import type { IsAny } from './is-any.js'
import type { Behind, IsRemote, RemoteArguments, RemoteClass, RemoteSyncClass } from './object/types.js'
import type { IsResource, RemoteResource, RemoteSyncResource } from './resource/types.js'
import type { Same, Signature, Signatures } from './signatures.js'
import type { BlockingStream } from './stream/types.js'

type AnyIterator<T, R, N> = Iterator<T, R, N>
type AnyAsyncIterable<T> = AsyncIterable<T>

/** The item, return and next types of a result that streams; `never` for a value, including a remote object. */
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

/** Whether every named member of `R` is a method. */
type HasMethodsOnly<R> = {
  [K in keyof R & string]: R[K] extends (...args: never[]) => unknown ? never : K
}[keyof R & string] extends never
  ? true
  : false

/** Whether `R` has private members, so that it certainly is a class. */
type HasPrivates<R> = Pick<R, keyof R> extends R ? false : true

/** Headers and FormData have only methods, but are values. */
interface HeadersLike {
  append(name: string, value: string): unknown
  delete(name: string): unknown
  has(name: string): boolean
}

/** The item of a class instance that streams because a copy of it would be empty; `never` for everything else. */
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

/** The same as `StreamOf` for a result that crosses to its caller, as the results of a module's functions do. */
type CrossingStreamOf<R, F extends From> =
  StaysFirst<R, F> extends true
    ? never
    : [StreamOf<R>] extends [never]
      ? IsRemote<R> extends true
        ? never
        : [ItemOfInstance<R>] extends [never]
          ? never
          : [ItemOfInstance<R>, unknown, undefined]
      : StreamOf<R>

/** The call that a function on another executor returns for a result of type `R`. */
export type RemoteCall<R, F extends From = FromObject<'calls'>> =
  IsAny<R> extends true
    ? Call<R>
    : [R] extends [Primitive]
      ? Call<R>
      : [R] extends [PromiseLike<unknown>]
        ? Call<AwaitedFrom<Awaited<R>, F>>
        : [CrossingStreamOf<R, F>] extends [never]
          ? Call<AwaitedFrom<Awaited<R>, F>>
          : CrossingStreamOf<R, F> extends [infer T, infer Ret, infer N]
            ? StreamCall<Arrived<T, F>, Arrived<Ret, F>, N>
            : never

/** A resource is entered where it lives, and its value is sent to the caller. */
type AwaitedFrom<T, F extends From> = [T] extends [Primitive]
  ? T
  : IsResource<T> extends true
    ? T extends { readonly value: infer V }
      ? F[2] extends 'blocks'
        ? RemoteSyncResource<Arrived<V, F>>
        : RemoteResource<Arrived<V, F>>
      : never
    : Arrived<T, F>

/** What `importSync` returns for a result of type `R`: the value itself, or a blocking stream. */
export type BlockingResult<R, F extends From = FromObject<'blocks'>> =
  IsAny<R> extends true
    ? R
    : [R] extends [Primitive]
      ? R
      : [R] extends [PromiseLike<unknown>]
        ? AwaitedFrom<Awaited<R>, F>
        : [CrossingStreamOf<R, F>] extends [never]
          ? AwaitedFrom<Awaited<R>, F>
          : CrossingStreamOf<R, F> extends [infer T, infer Ret, infer N]
            ? BlockingStream<Arrived<T, F>, Arrived<Ret, F>, N>
            : never

/** The call that a local function returns for a result of type `R`: a call that can't block has no `runSync`. */
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

// biome-ignore lint/suspicious/noExplicitAny: the only constraint that every function's type meets
type AnyFunction = (...args: any[]) => unknown
type AnyClass = abstract new (...args: never[]) => unknown

/**
 * The name of an export that can be called or constructed, or of an object that may contain such members; values are
 * omitted.
 */
type Callable<K, F> = F extends AnyClass | AnyFunction
  ? K
  : F extends readonly unknown[]
    ? never
    : F extends object
      ? K
      : never

/**
 * Whether an exported object contains anything that can be called, also in nested objects, which may reference each
 * other.
 */
type HasCallables<F, Depth extends readonly 1[] = []> = F extends
  | Exclude<Whole, Error>
  | readonly unknown[]
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  ? false
  : Depth['length'] extends 8
    ? false
    : true extends {
          [N in keyof F]: F[N] extends AnyClass | AnyFunction
            ? true
            : F[N] extends object
              ? HasCallables<F[N], [...Depth, 1]>
              : false
        }[keyof F]
      ? true
      : false

/**
 * The result of `executor.import<typeof import('./tasks.js')>()`: each exported function returns a call, each class
 * constructs objects that live where the module does, and the same holds for the members of exported objects. `Keep`
 * names the classes whose instances stay there although they can't be disposed, or is `true` for all that have methods.
 */
export type Remote<M, Keep = never> = RemoteExports<M, [M, Keep, 'calls']> & Behind<M>

type RemoteExports<M, F extends From> = {
  // Mapped over the module's own keys, so that an editor finds the documentation and definition of each.
  readonly [K in keyof M as Callable<K, M[K]>]: RemoteExport<M[K], F>
}

type RemoteExport<E, F extends From> =
  IsAny<E> extends true
    ? (...args: unknown[]) => Call<E>
    : E extends AnyClass
      ? RemoteClass<E, F>
      : E extends AnyFunction
        ? RemoteSignatures<Signatures<E>, F>
        : RemoteExports<E, F> & Behind<E>

/** One after the other, in the order of their declaration. */
export type RemoteSignatures<S extends readonly Signature[], F extends From> = S extends readonly [
  infer One extends Signature,
  ...infer Others extends readonly Signature[]
]
  ? ((...args: RemoteArguments<One[0]>) => RemoteCall<One[1], F>) &
      (Others extends readonly [] ? unknown : RemoteSignatures<Others, F>)
  : never

/**
 * The result of `executor.importSync<typeof import('./tasks.js')>()`: each exported function and class, blocking, with
 * its asynchronous form as `async`. `Keep` is as in `Remote`.
 */
export type RemoteSync<M, Keep = never> = RemoteSyncExports<M, [M, Keep, 'blocks']> & Behind<M>

type RemoteSyncExports<M, F extends From> = {
  readonly [K in keyof M as Callable<K, M[K]>]: RemoteSyncExport<M[K], F>
}

type RemoteSyncExport<E, F extends From> =
  IsAny<E> extends true
    ? E
    : E extends AnyClass
      ? RemoteSyncClass<E, F>
      : E extends AnyFunction
        ? BlockingFunction<E, F> & WithAsync<E, F>
        : RemoteSyncExports<E, F> & Behind<E>

/** The same for `importSync(url, { eager: true })`: constants are values, and exports may be replaced. */
export type EagerSync<M, Keep = never> = EagerExports<M, [M, Keep, 'blocks']> & Behind<M>

type EagerExports<M, F extends From> = {
  [K in keyof M]: M[K] extends AnyClass | AnyFunction
    ? RemoteSyncExport<M[K], F>
    : M[K] extends readonly unknown[]
      ? Arrived<M[K], F>
      : M[K] extends object
        ? HasCallables<M[K]> extends true
          ? EagerExports<M[K], F> & Behind<M[K]>
          : Arrived<M[K], F>
        : M[K]
}

/** A function that blocks also has an asynchronous form. */
export interface WithAsync<E, F extends From> {
  /**
   * The same function, without blocking: it returns the call, which can be awaited, iterated or configured by `with()`.
   */
  readonly async: RemoteSignatures<Signatures<E>, F>
}

/**
 * The function's own type if nothing changes: with its type parameters and type guards. A function that returns nothing
 * may be an assertion, which TypeScript only allows on declared functions; properties and `this` are omitted.
 */
export type BlockingFunction<E, F extends From> = [keyof E] extends [never]
  ? unknown extends ThisParameterType<E>
    ? IsVoid<LastResult<Signatures<E>>> extends true
      ? BlockingSignatures<Signatures<E>, F>
      : AreSame<Signatures<E>, F> extends true
        ? E
        : BlockingSignatures<Signatures<E>, F>
    : BlockingSignatures<Signatures<E>, F>
  : BlockingSignatures<Signatures<E>, F>

type LastResult<S extends readonly Signature[]> = S extends readonly [
  ...unknown[],
  infer Last extends Signature
]
  ? Last[1]
  : never

// biome-ignore lint/suspicious/noConfusingVoidType: what a function returns that returns nothing
type IsVoid<R> = [R] extends [never] ? false : [R] extends [void] ? true : false

type BlockingSignatures<S extends readonly Signature[], F extends From> = S extends readonly [
  infer One extends Signature,
  ...infer Others extends readonly Signature[]
]
  ? ((...args: RemoteArguments<One[0]>) => BlockingResult<One[1], F>) &
      (Others extends readonly [] ? unknown : BlockingSignatures<Others, F>)
  : never

/** Whether no overload changes. */
type AreSame<S extends readonly Signature[], F extends From> = S extends readonly [
  infer One extends Signature,
  ...infer Others extends readonly Signature[]
]
  ? Same<One[1], BlockingResult<One[1], F>> extends true
    ? Same<One[0], RemoteArguments<One[0]>> extends true
      ? AreSame<Others, F>
      : false
    : false
  : true
