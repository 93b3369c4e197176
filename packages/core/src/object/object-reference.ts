import type { MadeCalls } from '../call/made-calls.js'
import type { CallTarget } from '../call/target.js'
import { refuse } from '../check.js'
import type { Executor } from '../executor/executor.js'
import type { CallOptions } from '../options.js'
import { shared } from '../shared.js'
import type { ObjectAbout } from './about.js'

/** What this thread knows of an object that an executor keeps for it. For authors of executors. */
export interface ObjectReference {
  /** The executor that keeps it. */
  readonly executor: Executor
  /** The name of its class, for messages. */
  readonly name: string
  /** The executor's number for it. */
  readonly id: number
  /** The options of its calls, unless a call sets its own. */
  readonly options: CallOptions | undefined
  /** The object's location: whatever the executor needs to find it. */
  location: unknown
  /** The description of its members, as far as it is known. */
  about: ObjectAbout | undefined
  /** It was disposed, or is being disposed: it is not used any more. */
  isDisposed: boolean
  /** The error of its constructor, and whether a caller has got it. */
  readonly failure: { thrown?: { readonly error: unknown }; isReported: boolean }
  /** What its user holds: its methods return calls, or (`importSync`) block. */
  stub: object | undefined
  blockingStub: object | undefined
  /** Its methods that were used, as the blocking stub has them. */
  methods: Map<string, (...args: unknown[]) => unknown> | undefined
  /** The calls of an object of this thread that were made but not started. */
  madeCalls: MadeCalls | undefined
}

// All copies of core share the stubs: an object that one copy keeps may be an argument of another copy's call.
const holder = shared<{
  stubs?: WeakMap<object, ObjectReference>
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
  return holder.stubs?.get(value as object)
}

/**
 * Whether this process has any remote objects: until then, data need not be searched for them. For authors of
 * executors.
 *
 * @example
 * ```ts
 * const sent = hasObjects() ? refer(task.args, referenceTo) : undefined
 * ```
 */
export function hasObjects(): boolean {
  return holder.stubs !== undefined
}

/** Registers what a stub represents that is not an object: a module, or an export of one. */
export function addExport(stub: object, target: CallTarget): void {
  holder.classes.set(stub, target)
}

/** The module, or the export, that a stub represents. */
export function exportOf(stub: unknown): CallTarget | undefined {
  return holder.classes.get(stub as object)
}

/** A number that no other object of this thread has, in any copy of core. */
export function newObjectId(): number {
  holder.lastId = (holder.lastId ?? 0) + 1
  return holder.lastId
}

/**
 * The reference of a new object that the executor keeps for a task's result; the reference of an object made by `new`
 * is the task's receiver. For authors of executors.
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
  location: unknown,
  options?: CallOptions,
  about?: ObjectAbout
): ObjectReference {
  return {
    executor,
    name,
    id,
    options,
    location,
    about,
    isDisposed: false,
    failure: { isReported: false },
    stub: undefined,
    blockingStub: undefined,
    methods: undefined,
    madeCalls: undefined
  }
}

/** Registers the object that a stub represents. */
export function addStub<T extends object>(stub: T, reference: ObjectReference): T {
  holder.stubs ??= new WeakMap()
  holder.stubs.set(stub, reference)
  return stub
}

/** The reference of a value that must be a remote object. */
export function checkReceiver(where: string, value: unknown): ObjectReference {
  return referenceTo(value) ?? refuse(where, 'this must be the remote object that it belongs to', value)
}
