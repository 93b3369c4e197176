import type { MadeCalls } from '../call/made-calls.js'
import type { CallTarget } from '../call/target.js'
import { refuse } from '../check.js'
import type { Executor } from '../executor/executor.js'
import type { CallOptions } from '../options.js'
import { shared } from '../shared.js'
import type { ObjectAbout } from './about.js'

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
  /** What it has, as far as that was told. */
  about: ObjectAbout | undefined
  /** It was disposed, or is being disposed: nothing is asked of it any more. */
  isDisposed: boolean
  /** What its constructor threw, and whether anybody has been told. */
  readonly failure: { thrown?: { readonly error: unknown }; isTold: boolean }
  /** What its user holds: its methods give calls, or (`importSync`) block. */
  face: object | undefined
  blockingFace: object | undefined
  /** Those of its methods that were used, as the blocking face has them. */
  methods: Map<string, (...args: unknown[]) => unknown> | undefined
  /** The calls of an object of this thread that were made and not started. */
  madeCalls: MadeCalls | undefined
}

// The faces are known to all copies: an object that one copy of core keeps may be an argument of another's call.
const holder = shared<{
  faces?: WeakMap<object, ObjectReference>
  classes: WeakMap<object, CallTarget>
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

/** Makes it known what a face stands for that is a module, or an export of one: a class, an object, a function. */
export function addExport(face: object, target: CallTarget): void {
  holder.classes.set(face, target)
}

/** The module, or the export of one, that a face stands for. */
export function exportOf(face: unknown): CallTarget | undefined {
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
  options?: CallOptions,
  about?: ObjectAbout
): ObjectReference {
  return {
    executor,
    name,
    id,
    options,
    home,
    about,
    isDisposed: false,
    failure: { isTold: false },
    face: undefined,
    blockingFace: undefined,
    methods: undefined,
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
