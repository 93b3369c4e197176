import type { Arrived, From, FromCaller, FromObject, ObjectFrom } from '../arrived.js'
import type { Call } from '../call/types.js'
import type { IsAny } from '../is-any.js'
import type { Signature, Signatures } from '../signatures.js'
import type { GeneratorLike } from '../stream/types.js'
import type { BlockingResult, RemoteCall } from '../types.js'

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
type MemberCall<T, R, F extends From> =
  IsAny<R> extends true
    ? Call<R>
    : [R] extends [never]
      ? Call<never>
      : IsSelf<T, Awaited<R>> extends true
        ? Call<ObjectFrom<T, F>>
        : RemoteCall<R, F>

/** The name of a method; all else of an object is left out. */
type Method<K, E> = K extends string ? (E extends AnyFunction ? K : never) : never

type Members<T, Holder, F extends From> = {
  // Of the holder's own keys, so that an editor finds what stands behind each: its documentation, its definition.
  readonly [K in keyof Holder as Method<K, Holder[K]>]: MemberSignatures<T, Signatures<Holder[K]>, F>
}

/** One after the other, as they were declared. */
type MemberSignatures<T, S extends readonly Signature[], F extends From> = S extends readonly [
  infer One extends Signature,
  ...infer Others extends readonly Signature[]
]
  ? ((...args: RemoteArguments<One[0]>) => MemberCall<T, One[1], F>) &
      (Others extends readonly [] ? unknown : MemberSignatures<T, Others, F>)
  : never

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
export type RemoteObject<T> = RemoteObjectOf<T, FromObject<'calls'>>

/** The same where objects of the classes `Kept` stay where they are, too, because their import says so. */
export type RemoteObjectBeside<T, Kept> = RemoteObjectOf<T, FromObject<'calls', Kept>>

type RemoteObjectOf<T, F extends From> = Members<T, T, F> & Items<T> & RemoteHandle<T>

/** A class of a module's, as `executor.import()` gives it. */
export type RemoteClass<C extends AnyClass, F extends From = FromObject<'calls'>> = (C extends new (
  ...args: infer A
) => infer T
  ? { new (...args: RemoteArguments<A>): ObjectFrom<T, F> } & Members<T, C, F>
  : C extends abstract new (
        ...args: never[]
      ) => infer T
    ? Members<T, C, F>
    : never) &
  Behind<C>

/** The same of an executor's `importSync()`: a plain class. */
export type RemoteSyncClass<C extends AnyClass, F extends From = FromObject<'blocks'>> = (C extends new (
  ...args: infer A
) => infer T
  ? { new (...args: RemoteArguments<A>): ObjectFrom<T, F> } & BlockingMembers<T, C, F>
  : C extends abstract new (
        ...args: never[]
      ) => infer T
    ? BlockingMembers<T, C, F>
    : never) &
  Behind<C>

/** What a method is to blocking code, with its other face; what a property is. */
type BlockingMember<T, M, F extends From> =
  IsAny<M> extends true
    ? M
    : M extends AnyFunction
      ? BlockingSignatures<T, Signatures<M>, F> & BothFacesOfMember<T, M, F>
      : Arrived<M, F>

/** The other face of a method that blocks. */
interface BothFacesOfMember<T, M, F extends From> {
  /** The same method, awaited: it gives the call, which is awaited, iterated or told `with()`, and blocks nothing. */
  readonly async: MemberSignatures<T, Signatures<M>, F>
}

type BlockingSignatures<T, S extends readonly Signature[], F extends From> = S extends readonly [
  infer One extends Signature,
  ...infer Others extends readonly Signature[]
]
  ? ((...args: RemoteArguments<One[0]>) => BlockingMemberResult<T, One[1], F>) &
      (Others extends readonly [] ? unknown : BlockingSignatures<T, Others, F>)
  : never

type BlockingMemberResult<T, R, F extends From> =
  IsAny<R> extends true
    ? R
    : [R] extends [never]
      ? never
      : IsSelf<T, Awaited<R>> extends true
        ? ObjectFrom<T, F>
        : BlockingResult<R, F>

type BlockingMembers<T, Holder, F extends From> = {
  readonly [K in keyof Holder as Method<K, Holder[K]>]: BlockingMember<T, Holder[K], F>
}

type BlockingItems<T> =
  T extends AsyncIterable<infer I>
    ? { [Symbol.iterator](): GeneratorLike<I, unknown, unknown> }
    : T extends Iterable<infer I>
      ? { [Symbol.iterator](): GeneratorLike<I, unknown, unknown> }
      : unknown

/** An object of a class of `importSync()`: as it is where it lives, but each use of it blocks. */
export type BlockingObject<T> = BlockingObjectOf<T, FromObject<'blocks'>>

/** The same where objects of the classes `Kept` stay where they are, too, because their import says so. */
export type BlockingObjectBeside<T, Kept> = BlockingObjectOf<T, FromObject<'blocks', Kept>>

type BlockingObjectOf<T, F extends From> = {
  [K in keyof T as K & string]: BlockingMember<T, T[K], F>
} & BlockingItems<T> &
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
    ? RemoteCall<ReturnType<F>, FromCaller>
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
        ? IsFlat<P> extends true
          ? P
          : P | RemoteHandle<P> | RemoteData<P>
        : P

type Primitive = string | number | bigint | boolean | symbol | null | undefined

/**
 * Whether it is an array of what no remote object can stand for, which an editor then shows as it was declared. An object
 * can't be told from an instance of a class that has fields alone.
 */
type IsFlat<P> = P extends readonly (infer I)[]
  ? unknown extends I
    ? true
    : [I] extends [Primitive]
      ? true
      : false
  : false

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
