import type { Call } from '../call/types.js'
import type { GeneratorLike } from '../stream/types.js'
import type { BlockingResult, IsAny, RemoteCall } from '../types.js'

/** Names the type behind something remote, for types alone: nothing has such a property. */
declare const behind: unique symbol

// biome-ignore lint/suspicious/noExplicitAny: the only constraint that every function's type meets
type AnyFunction = (...args: any[]) => unknown
type AnyClass = abstract new (...args: never[]) => unknown

/** Whether a type is that of something remote. */
export type IsRemote<T> = typeof behind extends keyof T ? true : false

/** Something remote that stands for a `T`: an object, or a class. */
export interface Behind<T> {
  readonly [behind]?: T
}

/**
 * Any remote object that stands for a `T`: what may be passed where a function takes a `T`. It is disposed of by `using`
 * or `await using`, which call the object's own `Symbol.dispose` or `Symbol.asyncDispose`, where it has one, and free
 * it.
 */
export interface RemoteHandle<T> extends Behind<T>, Disposable, AsyncDisposable {}

/** The names of the methods of a `T`. */
type MethodNames<T> = { [K in keyof T & string]: T[K] extends AnyFunction ? K : never }[keyof T & string]

/** Whether a method's result is what its object is, and so stays where the object is. */
type IsSelf<T, R> = [R] extends [T] ? ([T] extends [R] ? true : false) : false

/** The call of a member of a `T` that has a result of type `R`. */
type MemberCall<T, R> =
  IsAny<R> extends true
    ? Call<R>
    : [R] extends [never]
      ? Call<never>
      : IsSelf<T, Awaited<R>> extends true
        ? Call<RemoteObject<T>>
        : RemoteCall<R>

type Members<T, Holder> = {
  readonly [K in MethodNames<Holder>]: Holder[K] extends (...args: infer A) => infer R
    ? (...args: RemoteArguments<A>) => MemberCall<T, R>
    : never
}

type Items<T> =
  T extends AsyncIterable<infer I>
    ? AsyncIterable<I> & Iterable<I>
    : T extends Iterable<infer I>
      ? AsyncIterable<I> & Iterable<I>
      : unknown

/**
 * An object that an executor keeps: each method gives a call, properties are read by `read(object, key)` and written by
 * `write(object, key, value)`. What `new` gives of a class that `executor.import()` found, and what `proxy(object)` in a
 * task gives to its caller.
 */
export type RemoteObject<T> = Members<T, T> & Items<T> & RemoteHandle<T>

/** A class of a module's, as `executor.import()` gives it. */
export type RemoteClass<C extends AnyClass> = (C extends new (
  ...args: infer A
) => infer T
  ? { new (...args: RemoteArguments<A>): RemoteObject<T> } & Members<T, C>
  : C extends abstract new (
        ...args: never[]
      ) => infer T
    ? Members<T, C>
    : never) &
  Behind<C>

/** The same of an executor's `importSync()`: a plain class. */
export type RemoteSyncClass<C extends AnyClass> = (C extends new (
  ...args: infer A
) => infer T
  ? { new (...args: RemoteArguments<A>): BlockingObject<T> } & BlockingMembers<T, C>
  : C extends abstract new (
        ...args: never[]
      ) => infer T
    ? BlockingMembers<T, C>
    : never) &
  Behind<C>

type BlockingMember<T, F> =
  IsAny<F> extends true
    ? F
    : F extends (...args: infer A) => infer R
      ? (...args: RemoteArguments<A>) => BlockingMemberResult<T, R>
      : F

type BlockingMemberResult<T, R> =
  IsAny<R> extends true
    ? R
    : [R] extends [never]
      ? never
      : IsSelf<T, Awaited<R>> extends true
        ? BlockingObject<T>
        : BlockingResult<R>

type BlockingMembers<T, Holder> = {
  readonly [K in MethodNames<Holder>]: BlockingMember<T, Holder[K]>
}

type BlockingItems<T> =
  T extends AsyncIterable<infer I>
    ? { [Symbol.iterator](): GeneratorLike<I, unknown, unknown> }
    : T extends Iterable<infer I>
      ? { [Symbol.iterator](): GeneratorLike<I, unknown, unknown> }
      : unknown

/** An object of a class of `importSync()`: as it is where it lives, but each use of it blocks. */
export type BlockingObject<T> = { [K in keyof T as K & string]: BlockingMember<T, T[K]> } & BlockingItems<T> &
  RemoteHandle<T>

/**
 * A function of the caller's as a task sees it that wants to wait for it either way: what `F` promises is a call, which
 * can be awaited, or waited for by `runSync()`; what it returns otherwise is returned. Pass an `F`.
 *
 * @example
 * ```ts
 * export function total(ids: number[], price: Callback<(id: number) => Promise<number>>) {
 *   return ids.reduce((sum, id) => sum + price(id).runSync(), 0)
 * }
 * ```
 */
export interface Callback<F extends AnyFunction> extends Behind<F> {
  (
    ...args: Parameters<F>
  ): ReturnType<F> extends PromiseLike<unknown> | AsyncIterable<unknown>
    ? RemoteCall<ReturnType<F>>
    : ReturnType<F>
}

/**
 * What may be passed for a parameter of type `P`: also, at any depth of arrays, plain data, Maps and Sets, a remote
 * object, which arrives as the object itself.
 */
export type RemoteArgument<P> =
  IsAny<P> extends true
    ? P
    : P extends AnyFunction
      ? typeof behind extends keyof P
        ? P extends Behind<infer F>
          ? F
          : P
        : P
      : P extends object
        ? P | RemoteHandle<P> | RemoteData<P>
        : P

/** Data of type `P` with remote objects in it; nothing more where `P` is a class, which its methods tell. */
type RemoteData<P> = P extends readonly (infer I)[]
  ? readonly RemoteArgument<I>[]
  : P extends ReadonlyMap<infer K, infer V>
    ? ReadonlyMap<RemoteArgument<K>, RemoteArgument<V>>
    : P extends ReadonlySet<infer I>
      ? ReadonlySet<RemoteArgument<I>>
      : [MethodNames<P>] extends [never]
        ? { [K in keyof P]: RemoteArgument<P[K]> }
        : never

/** What may be passed for parameters of these types. */
export type RemoteArguments<A extends unknown[]> = { [I in keyof A]: RemoteArgument<A[I]> }
