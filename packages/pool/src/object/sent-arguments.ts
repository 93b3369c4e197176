import { AsyncLocalStorage } from 'node:async_hooks'
import { type CarriedContext, InvalidArgumentError, NotCloneableError } from '@bridge/core'
import {
  type Executor,
  markOf,
  notCloneable,
  type ObjectReference,
  receiverOf,
  refer,
  referenceTo,
  refuseUnusable,
  type Task,
  type Transferable
} from '@bridge/core/executor'
import { type LostOnWire, lostIn } from '@bridge/core/internal'
import { callbackReference, isCallable } from '../callback/callback-reference.js'
import type { InContext } from '../callback/held-functions.js'
import type { Reference, References } from '../connection/wire.js'
import { ObjectLocation } from './object-location.js'

/** A function that is sent: its receiver calls it by this number. */
export interface SentFunction {
  readonly id: number
  readonly fn: (...args: never[]) => unknown
  readonly name: string
}

/** A value in the form in which it is sent. */
export interface SentValue {
  readonly data: unknown
  readonly references: References
  /** The functions that it refers to, and the context in which they were sent. */
  readonly functions: readonly SentFunction[] | undefined
  readonly inContext: InContext | undefined
  /** The part of that context that is sent, if any. */
  readonly context?: CarriedContext | undefined
}

/** The arguments of a call in the form in which they are sent, and the object that determines its thread. */
export interface SentArguments extends Omit<SentValue, 'data'> {
  readonly args: readonly unknown[]
  /** An object that it needs, so that it runs on the object's thread. */
  readonly object: ObjectReference | undefined
}

/** Used for a call that can't be sent. */
const NOTHING_SENT: SentArguments = {
  args: [],
  references: undefined,
  functions: undefined,
  inContext: undefined,
  object: undefined
}

function isPrimitive(value: unknown): boolean {
  return value === null || (typeof value !== 'object' && typeof value !== 'function')
}

/**
 * The arguments of a call in the form in which they are sent; `refuse` is called with the reason if they can't be sent.
 */
export function preparedArguments(
  task: Task,
  executor: Executor,
  transferList: readonly Transferable[] | undefined,
  refuse: (reason: unknown) => void
): SentArguments {
  try {
    return sentArguments(task, executor, transferList)
  } catch (reason) {
    // Data that is nested too deeply fails while it is searched, before it is cloned.
    const isTooDeep = reason instanceof RangeError && reason.message.includes('call stack')
    refuse(isTooDeep ? notCloneable(`${task.name}()`, 'args', task.args, reason) : reason)
    return NOTHING_SENT
  }
}

/**
 * The arguments of a task in the form in which they are sent: the number of its object first, if there is one, and
 * references instead of remote objects and functions.
 *
 * @throws NotCloneableError when an object lives on another executor; InvalidArgumentError when objects live on two
 * threads.
 */
function sentArguments(
  task: Task,
  executor: Executor,
  transferList: readonly Transferable[] | undefined
): SentArguments {
  const args = numbered(task)
  let object = neededBy(task)
  // Most calls send only primitive values, and the code below costs more than sending them.
  if (args.every(isPrimitive)) {
    return { args, references: undefined, functions: undefined, inContext: undefined, object }
  }
  const use = (reference: ObjectReference): void => {
    checkUse(task.name, reference, executor)
    if (object !== undefined && ObjectLocation.of(object).thread !== ObjectLocation.of(reference).thread) {
      refuseTwo(task, object, reference)
    }
    object = reference
  }
  const own = args.filter(isCallable)
  const lost = lostIn(`${task.name}()`, 'args', task.args, transferList)
  // Written out: copying the rest of an object costs as much as everything else.
  const { data, references, functions, inContext } = sentValue(args, own, use, lost)
  return { args: data as unknown[], references, functions, inContext, context: task.context, object }
}

/**
 * A value in the form in which it is sent: functions that are marked, or are in `own`, become callbacks; `use` is
 * called for each object that it refers to, and `lost` returns the reference for what a message would lose.
 */
export function sentValue(
  value: unknown,
  own: readonly unknown[],
  use: (reference: ObjectReference) => void,
  lost: (part: object) => LostOnWire | undefined
): SentValue {
  const functions: SentFunction[] = []
  const referenceOf = (part: object): Reference | undefined => {
    if (typeof part === 'function') return functionReference(part as SentFunction['fn'], own, functions)
    const reference = referenceTo(part)
    if (reference === undefined) return lost(part)
    use(reference)
    return ['object', reference.id, reference.name]
  }
  const sent = refer(value, referenceOf)
  if (sent === undefined)
    return { data: value, references: undefined, functions: undefined, inContext: undefined }
  const isCalledBack = functions.length > 0
  return {
    ...sent,
    functions: isCalledBack ? functions : undefined,
    inContext: isCalledBack ? AsyncLocalStorage.snapshot() : undefined
  }
}

function functionReference(
  fn: SentFunction['fn'],
  own: readonly unknown[],
  functions: SentFunction[]
): Reference | undefined {
  if (markOf(fn) === undefined && !own.includes(fn)) return undefined
  const reference = callbackReference(fn)
  const [, id, , name] = reference
  functions.push({ id, fn, name })
  return reference
}

function neededBy(task: Task): ObjectReference | undefined {
  return task.operation === 'new' ? undefined : receiverOf(task)
}

/** The arguments, after the number of the object that the task refers to. */
export function numbered(task: Task): readonly unknown[] {
  const receiver = receiverOf(task)
  return receiver === undefined ? task.args : [receiver.id, ...task.args]
}

/** @throws NotCloneableError when the object belongs to another executor; DisposedError when it was disposed. */
export function checkUse(where: string, reference: ObjectReference, here: Executor): void {
  const { name, executor } = reference
  if (executor !== here) {
    throw new NotCloneableError(
      `${where}(): the ${name} lives on ${executor.name} and can't be sent to ${here.name}; ` +
        `call the function that uses it on ${executor.name}`
    )
  }
  refuseUnusable({ name: where }, reference)
}

function refuseTwo(task: Task, one: ObjectReference, other: ObjectReference): never {
  throw new InvalidArgumentError(
    `${task.name}() uses a ${one.name} and a ${other.name} that live on two threads of ${one.executor.name}; ` +
      'make them on one thread (pool.pin()) to use them together'
  )
}
