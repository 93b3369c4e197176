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

/** How the objects are shown that stay where they are: their methods give calls, or block. */
export type Face = 'calls' | 'blocks'

/**
 * What decides on what arrives: the module that is called, the names of the classes that its import keeps, and how objects
 * are shown.
 */
export type From = readonly [module: unknown, keep: unknown, face: Face]

declare const object: unique symbol

/** In the place of a module: what is called is a member of an object, the classes of which are not known by name. */
export interface OfObject {
  readonly [object]: true
}

declare const caller: unique symbol

/** In the place of a module: nothing is said of what becomes of a value, as of what a caller's own function gives. */
export interface OfCaller {
  readonly [caller]: true
}

/** What a caller's own function gives. */
export type FromCaller = [OfCaller, never, 'calls']

/** What arrives from a member of an object; `Kept` are the objects that stay although they can't be disposed. */
export type FromObject<F extends Face, Kept = never> = [OfObject, Kept, F]

/** Whether an object of this type stays where it is. Another class with the same members is not told from it. */
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

/** Whether it is an object that stays although it could be iterated. */
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

/** What is the same on every thread. */
export type Primitive = string | number | bigint | boolean | symbol | null | undefined

/** What arrives as what it is, whatever it holds. */
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

/** What is bound to its thread, each by what it alone has: a Response or Request, a FormData, a promise, what aborts. */
type Bound =
  | { readonly bodyUsed: boolean; clone(): unknown }
  | { append(name: string, value: string): unknown; getAll(name: string): unknown }
  | { readonly aborted: boolean; throwIfAborted(): void }
  | { readonly signal: { readonly aborted: boolean }; abort(reason?: unknown): void }
  | PromiseLike<unknown>

declare const cannotCross: unique symbol

/** What can't be sent to another thread: the call fails with `NotCloneableError`. */
export interface CannotCross<T> {
  readonly [cannotCross]: T
}

/**
 * What arrives of a `T` that another thread sends: the data of an object without its methods, and without its class;
 * where nothing is lost it is a `T`. An object that can be disposed stays where it is; an instance of a class that was
 * registered, and says so (`RegisteredInstance`), arrives as a `T`.
 *
 * @example
 * ```ts
 * class Circle { constructor(readonly radius: number) {} area() { return 3 * this.radius ** 2 } }
 * type Arrives = Cloned<Circle> // { readonly radius: number }
 * ```
 */
export type Cloned<T> = Crossed<T, FromObject<'calls'>>

/** The same where the caller blocks, to whom objects that stay are plain ones. */
export type ClonedSync<T> = Crossed<T, FromObject<'blocks'>>

/** What the caller gets of a `T` that a module's function gives. */
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

/** A `T` by its name where nothing of it is lost. What has methods loses them, which need not be compared. */
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

/** What stands for an object that stays. */
export type ObjectFrom<T, F extends From> = [KeptByName<F>] extends [never]
  ? F[2] extends 'blocks'
    ? BlockingObject<T>
    : RemoteObject<T>
  : F[2] extends 'blocks'
    ? BlockingObjectBeside<T, KeptByName<F>>
    : RemoteObjectBeside<T, KeptByName<F>>

/** Looked into only when it is used: a type such as JSON's holds lists of itself. */
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

/** The name of what is copied of an object: no symbol, and no method. */
type DataKey<N, V> = N extends symbol
  ? never
  : IsAny<V> extends true
    ? N
    : [Exclude<V, undefined>] extends [never]
      ? N
      : [Exclude<V, undefined>] extends [AnyFunction]
        ? never
        : N
