import type { KeyObject, webcrypto, X509Certificate } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import type { BlockList, SocketAddress } from 'node:net'
import type { MessagePort } from 'node:worker_threads'
import type { IsAny } from './is-any.js'
import type {
  BlockingObject,
  BlockingObjectBeside,
  IsRemote,
  RemoteHandle,
  RemoteObject,
  RemoteObjectBeside
} from './object/types.js'
import type { IsRegistered } from './wire/registered-classes.js'

// biome-ignore lint/suspicious/noExplicitAny: the only constraint that every function's type meets
type AnyFunction = (...args: any[]) => unknown
type AnyClass = abstract new (...args: never[]) => unknown

/** How objects that stay on their thread are presented: their methods return calls, or block. */
export type Form = 'calls' | 'blocks'

/**
 * What determines the type of a result: the module that is called, the names of the classes that its import keeps, and
 * how objects are presented.
 */
export type From = readonly [module: unknown, keep: unknown, form: Form]

declare const object: unique symbol

/** Used instead of a module when the callee is a member of an object, whose classes are not known by name. */
export interface OfObject {
  readonly [object]: true
}

declare const caller: unique symbol

/** Used instead of a module for results of the caller's own functions, of which nothing is known. */
export interface OfCaller {
  readonly [caller]: true
}

/** The result of a caller's own function. */
export type FromCaller = [OfCaller, never, 'calls']

/** The result of an object's member; `Kept` are the objects that stay although they can't be disposed. */
export type FromObject<F extends Form, Kept = never> = [OfObject, Kept, F]

/**
 * Whether an object of this type stays on its thread. It can't be distinguished from another class with the same
 * members.
 */
export type Stays<T, F extends From> = F[0] extends OfCaller
  ? false
  : T extends Disposable | AsyncDisposable
    ? F[0] extends OfObject
      ? true
      : IsAmong<T, InstancesOf<F[0], F[1]>>
    : [F[1]] extends [never]
      ? false
      : F[0] extends OfObject
        ? IsAmong<T, F[1]>
        : IsAmong<T, InstancesOf<F[0], F[1]>>

type IsAmong<T, O> = [O] extends [never] ? false : T extends O ? true : false

/** The objects that stay because their import names their classes. */
type KeptByName<F extends From> = [F[1]] extends [never]
  ? never
  : F[0] extends OfObject
    ? F[1]
    : InstancesOf<F[0], F[1]>

/** Whether it is an object that stays although it is iterable. */
export type StaysFirst<T, F extends From> = F[0] extends OfObject ? false : Stays<T, F>

type InstancesOf<M, K> = { [N in keyof M]: M[N] extends AnyClass ? KeptInstance<M[N], N, K> : never }[keyof M]

type KeptInstance<C, N, K> = C extends abstract new (
  ...args: never[]
) => infer T
  ? T extends Error
    ? never
    : T extends Disposable | AsyncDisposable
      ? T
      : [K] extends [never]
        ? never
        : K extends true
          ? MethodNames<T> extends never
            ? never
            : T
          : N extends K
            ? T
            : never
  : never

type MethodNames<T> = { [N in keyof T]: T[N] extends AnyFunction ? N : never }[keyof T]

/** Values that are the same on every thread. */
export type Primitive = string | number | bigint | boolean | symbol | null | undefined

/** Types that arrive unchanged, whatever they contain. */
export type Whole =
  | Primitive
  | Date
  | Error
  | ArrayBuffer
  | SharedArrayBuffer
  | ArrayBufferView
  | URL
  | URLSearchParams
  | Headers
  | Blob
  | MessagePort
  | FileHandle
  | KeyObject
  | X509Certificate
  | webcrypto.CryptoKey
  | BlockList
  | SocketAddress

/**
 * Types that are bound to their thread, each recognized by a member of its own: a Response or Request, a FormData, a
 * promise, an AbortSignal or AbortController.
 */
type Bound =
  | { readonly bodyUsed: boolean; clone(): unknown }
  | { append(name: string, value: string): unknown; getAll(name: string): unknown }
  | { readonly aborted: boolean; throwIfAborted(): void }
  | { readonly signal: { readonly aborted: boolean }; abort(reason?: unknown): void }
  | PromiseLike<unknown>

declare const cannotCross: unique symbol

/** A value that can't be sent to another thread: the call fails with `NotCloneableError`. */
export interface CannotCross<T> {
  readonly [cannotCross]: T
}

/**
 * What arrives when another thread sends a `T`: the data of an object, without its methods and its class; a `T` if
 * nothing is lost. An object that can be disposed stays where it is; an instance of a registered class that is declared
 * as such (`RegisteredInstance`) arrives as a `T`.
 *
 * @example
 * ```ts
 * class Circle { constructor(readonly radius: number) {} area() { return 3 * this.radius ** 2 } }
 * type Arrives = Cloned<Circle> // { readonly radius: number }
 * ```
 */
export type Cloned<T> = Crossed<T, FromObject<'calls'>>

/** The same when the caller blocks: objects that stay have plain blocking methods. */
export type ClonedSync<T> = Crossed<T, FromObject<'blocks'>>

/** What the caller gets when a function of a module returns a `T`. */
export type Arrived<T, F extends From> =
  IsAny<T> extends true
    ? T
    : unknown extends T
      ? T
      : [T] extends [Primitive]
        ? T
        : F[0] extends OfCaller
          ? T
          : ArrivedPart<T, F>

type ArrivedPart<T, F extends From> = T extends Whole
  ? T
  : IsRemote<T> extends true
    ? Crossed<T, F>
    : Stays<T, F> extends true
      ? ObjectFrom<T, F>
      : [F[1]] extends [never]
        ? // By a name of its own, which tells less of where it comes from.
          F[2] extends 'blocks'
          ? Named<T, ClonedSync<T>>
          : Named<T, Cloned<T>>
        : Named<T, Crossed<T, F>>

/** `T` under its own name if nothing of it is lost. A type with methods loses them, so it need not be compared. */
type Named<T, C> = T extends readonly unknown[]
  ? IsSame<T, C> extends true
    ? T
    : C
  : [MethodNames<T>] extends [never]
    ? IsSame<T, C> extends true
      ? T
      : C
    : C

type IsSame<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false

type Crossed<T, F extends From> =
  IsAny<T> extends true
    ? T
    : T extends Whole
      ? T
      : IsRemote<T> extends true
        ? F[2] extends 'blocks'
          ? T extends RemoteHandle<infer R>
            ? BlockingObject<R>
            : T
          : T
        : T extends AnyFunction
          ? never
          : IsRegistered<T> extends true
            ? T
            : Stays<T, F> extends true
              ? ObjectFrom<T, F>
              : CrossedData<T, F>

/** The remote object that represents an object that stays. */
export type ObjectFrom<T, F extends From> = [KeptByName<F>] extends [never]
  ? F[2] extends 'blocks'
    ? BlockingObject<T>
    : RemoteObject<T>
  : F[2] extends 'blocks'
    ? BlockingObjectBeside<T, KeptByName<F>>
    : RemoteObjectBeside<T, KeptByName<F>>

/** Evaluated only when it is used: a type such as JSON's contains lists of itself. */
type CrossedData<T, F extends From> = T extends readonly (infer I)[]
  ? I[] extends T
    ? T extends unknown[]
      ? Crossed<I, F>[]
      : readonly Crossed<I, F>[]
    : { [N in keyof T]: Crossed<T[N], F> }
  : T extends Map<infer K, infer V>
    ? Map<Crossed<K, F>, Crossed<V, F>>
    : T extends ReadonlyMap<infer K, infer V>
      ? ReadonlyMap<Crossed<K, F>, Crossed<V, F>>
      : T extends Set<infer I>
        ? Set<Crossed<I, F>>
        : T extends ReadonlySet<infer I>
          ? ReadonlySet<Crossed<I, F>>
          : T extends RegExp
            ? RegExp extends T
              ? T
              : CannotCross<T>
            : T extends Bound
              ? CannotCross<T>
              : [keyof T & string] extends [never]
                ? T
                : { [N in keyof T as DataKey<N, T[N]>]: Crossed<T[N], F> }

/** The name of a property that is copied: not a symbol, and not a method. */
type DataKey<N, V> = N extends symbol
  ? never
  : IsAny<V> extends true
    ? N
    : [Exclude<V, undefined>] extends [never]
      ? N
      : [Exclude<V, undefined>] extends [AnyFunction]
        ? never
        : N
