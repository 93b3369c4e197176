import type { MadeCalls } from '../call/made-calls.js'
import { refuse } from '../check.js'
import type { Executor } from '../executor/executor.js'
import type { CallOptions } from '../options.js'
import { shared } from '../shared.js'

/** What is known on this thread of an object that somebody keeps for it. For authors of executors. */
export interface ObjectReference {
  /** Who keeps it. */
  readonly executor: Executor
  /** The name of its class, for messages. */
  readonly name: string
  /** The executor's number for it. */
  readonly id: number
  /** What its calls are told unless they are told otherwise. */
  readonly options: CallOptions | undefined
  /** Whatever the executor needs to find it. */
  home: unknown
  /** It was disposed, or is being disposed: nothing is asked of it any more. */
  isDisposed: boolean
  /** What its constructor threw, and whether anybody has been told. */
  readonly failure: { thrown?: { readonly error: unknown }; isTold: boolean }
  /** What its user holds: its methods give calls, or (`importSync`) block. */
  face: object | undefined
  blockingFace: object | undefined
  /** The calls of an object of this thread that were made and not started. */
  madeCalls: MadeCalls | undefined
}

// The faces are known to all copies: an object that one copy of core keeps may be an argument of another's call.
const holder = shared<{
  faces?: WeakMap<object, ObjectReference>
  classes: WeakMap<object, RemoteClass>
  lastId?: number
}>('@bridge/core/objects', () => ({ classes: new WeakMap() }))

/**
 * The reference behind a remote object; `undefined` for everything else. For authors of executors.
 *
 * @example
 * ```ts
 * const args = task.args.map(value => referenceTo(value)?.id ?? value)
 * ```
 */
export function referenceTo(value: unknown): ObjectReference | undefined {
  return holder.faces?.get(value as object)
}

/**
 * Whether this process has remote objects at all: while it has none, data need not be looked through for them. For authors
 * of executors.
 *
 * @example
 * ```ts
 * const sent = hasObjects() ? refer(task.args, referenceTo) : undefined
 * ```
 */
export function hasObjects(): boolean {
  return holder.faces !== undefined
}

/** A function that stands for a class of a module's. */
export interface RemoteClass {
  readonly executor: Executor
  readonly name: string
  readonly module: string | undefined
  readonly options: CallOptions | undefined
}

/** Makes it known which class a function may stand for. */
export function addClass(face: object, remote: RemoteClass): void {
  holder.classes.set(face, remote)
}

/** The class that a function may stand for. */
export function classOf(face: unknown): RemoteClass | undefined {
  return holder.classes.get(face as object)
}

/** A number that no other object of this thread has, whichever copy of core made that one. */
export function newObjectId(): number {
  holder.lastId = (holder.lastId ?? 0) + 1
  return holder.lastId
}

/**
 * What is known of a new object that the executor keeps for a task's result; of one that was made by `new` it is the
 * task's receiver. For authors of executors.
 *
 * @example
 * ```ts
 * const reference = newReference(this, 'Database', id, worker)
 * ```
 */
export function newReference(
  executor: Executor,
  name: string,
  id: number,
  home: unknown,
  options?: CallOptions
): ObjectReference {
  return {
    executor,
    name,
    id,
    options,
    home,
    isDisposed: false,
    failure: { isTold: false },
    face: undefined,
    blockingFace: undefined,
    madeCalls: undefined
  }
}

/** Makes it known which object a face stands for. */
export function addFace<T extends object>(face: T, reference: ObjectReference): T {
  holder.faces ??= new WeakMap()
  holder.faces.set(face, reference)
  return face
}

/** The reference behind a remote object that must be one. */
export function checkReceiver(where: string, value: unknown): ObjectReference {
  return referenceTo(value) ?? refuse(where, 'this must be the remote object that it belongs to', value)
}
