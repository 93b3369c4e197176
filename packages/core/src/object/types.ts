import type { Arrived, From, FromCaller, FromObject, ObjectFrom } from '../arrived.js'
import type { Call } from '../call/types.js'
import type { IsAny } from '../is-any.js'
import type { Signature, Signatures } from '../signatures.js'
import type { GeneratorLike } from '../stream/types.js'
import type { BlockingResult, RemoteCall } from '../types.js'

/** Identifies the type behind a remote one; it exists only in types. */
declare const behind: unique symbol

// biome-ignore lint/suspicious/noExplicitAny: the only constraint that every function's type meets
type AnyFunction = (...args: any[]) => unknown
type AnyClass = abstract new (...args: never[]) => unknown

/** Whether a type is a remote one. */
export type IsRemote<T> = typeof behind extends keyof T ? true : false

/** A remote object or class that represents a `T`. */
export interface Behind<T> {
  readonly [behind]?: T
}

/**
 * Any remote object that represents a `T`: it may be passed to a function that takes a `T`. It is disposed of by
 * `using` or `await using`, which call the object's own `Symbol.dispose` or `Symbol.asyncDispose`, if it has one, and
 * free it.
 */
export interface RemoteHandle<T> extends Behind<T>, Disposable, AsyncDisposable {}

/** The names of the methods of a `T`. */
type MethodNames<T> = { [K in keyof T & string]: T[K] extends AnyFunction ? K : never }[keyof T & string]

/** Whether the type of a method's result is that of its object, so that it stays where the object is. */
type IsSelf<T, R> = [R] extends [T] ? ([T] extends [R] ? true : false) : false

/** The call of a member of a `T` whose result has type `R`. */
type MemberCall<T, R, F extends From> =
  IsAny<R> extends true
    ? Call<R>
    : [R] extends [never]
      ? Call<never>
      : IsSelf<T, Awaited<R>> extends true
        ? Call<ObjectFrom<T, F>>
        : RemoteCall<R, F>

/** The name of a method; other members of an object are omitted. */
type Method<K, E> = K extends string ? (E extends AnyFunction ? K : never) : never

type Members<T, Holder, F extends From> = {
  // Mapped over the holder's own keys, so that an editor finds the documentation and definition of each.
  readonly [K in keyof Holder as Method<K, Holder[K]>]: MemberSignatures<T, Signatures<Holder[K]>, F>
}

/** One after the other, in the order of their declaration. */
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
 * An object that an executor keeps: each method returns a call, properties are read by `read(object, key)` and written
 * by `write(object, key, value)`. It is the result of `new` on a class of `executor.import()`, and what a caller gets
 * for `proxy(object)` in a task.
 */
export type RemoteObject<T> = RemoteObjectOf<T, FromObject<'calls'>>

/** The same if objects of the classes `Kept` stay where they are, too, because of the import's options. */
export type RemoteObjectBeside<T, Kept> = RemoteObjectOf<T, FromObject<'calls', Kept>>

type RemoteObjectOf<T, F extends From> = Members<T, T, F> & Items<T> & RemoteHandle<T>

/** A class of a module, as `executor.import()` returns it. */
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

/** The same for an executor's `importSync()`: a plain class. */
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

/** A method for blocking code, with its asynchronous form; the type of a property. */
type BlockingMember<T, M, F extends From> =
  IsAny<M> extends true
    ? M
    : M extends AnyFunction
      ? BlockingSignatures<T, Signatures<M>, F> & MemberWithAsync<T, M, F>
      : Arrived<M, F>

/** The asynchronous form of a method that blocks. */
interface MemberWithAsync<T, M, F extends From> {
  /** The same method, without blocking: it returns the call, which can be awaited, iterated or configured by `with()`. */
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

/** An object of a class of `importSync()`: it looks like the object itself, but each use of it blocks. */
export type BlockingObject<T> = BlockingObjectOf<T, FromObject<'blocks'>>

/** The same if objects of the classes `Kept` stay where they are, too, because of the import's options. */
export type BlockingObjectBeside<T, Kept> = BlockingObjectOf<T, FromObject<'blocks', Kept>>

type BlockingObjectOf<T, F extends From> = {
  [K in keyof T as K & string]: BlockingMember<T, T[K], F>
} & BlockingItems<T> &
  RemoteHandle<T>

/**
 * A function of the caller, for a task that may wait for it in either way: if `F` returns a promise, it returns a call,
 * which can be awaited, or waited for by `runSync()`; any other result is returned. Pass an `F`.
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
 * Whether it is an array of values that no remote object can represent; an editor then shows it as it was declared. The
 * type of an object can't be distinguished from a class that has only fields.
 */
type IsFlat<P> = P extends readonly (infer I)[]
  ? unknown extends I
    ? true
    : [I] extends [Primitive]
      ? true
      : false
  : false

/** Data of type `P` with remote objects in it; unchanged if `P` is a class, as its methods show. */
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
