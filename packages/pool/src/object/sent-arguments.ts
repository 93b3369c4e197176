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
import type { Reference, References } from '../lane/wire.js'
import { Home } from './home.js'

/** A function that is sent: whoever gets it calls it by this number. */
export interface SentFunction {
  readonly id: number
  readonly fn: (...args: never[]) => unknown
  readonly name: string
}

/** A value as it is sent. */
export interface SentValue {
  readonly data: unknown
  readonly references: References
  /** The functions that it refers to, and the context in which they were sent. */
  readonly functions: readonly SentFunction[] | undefined
  readonly inContext: InContext | undefined
  /** What travels of that, where it does. */
  readonly context?: CarriedContext | undefined
}

/** What a call sends of its arguments, and where it must run for their sake. */
export interface SentArguments extends Omit<SentValue, 'data'> {
  readonly args: readonly unknown[]
  /** An object that it needs, so that it runs on that one's thread. */
  readonly object: ObjectReference | undefined
}

/** What a call sends that can't be sent. */
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

/** What a call sends of its arguments; `refuse` is told why they can't be sent, if they can't. */
export function preparedArguments(
  task: Task,
  executor: Executor,
  moves: readonly Transferable[] | undefined,
  refuse: (reason: unknown) => void
): SentArguments {
  try {
    return sentArguments(task, executor, moves)
  } catch (reason) {
    // What is nested too deeply fails on the walk, before it is cloned.
    const isTooDeep = reason instanceof RangeError && reason.message.includes('call stack')
    refuse(isTooDeep ? notCloneable(`${task.name}()`, 'args', task.args, reason) : reason)
    return NOTHING_SENT
  }
}

/**
 * The arguments of a task as they are sent: an object's number first where the task is about one, and references where
 * remote objects and functions stand.
 *
 * @throws NotCloneableError when an object lives elsewhere; InvalidArgumentError when objects live on two threads.
 */
function sentArguments(
  task: Task,
  executor: Executor,
  moves: readonly Transferable[] | undefined
): SentArguments {
  const args = numbered(task)
  let object = neededBy(task)
  // Most calls send nothing else, and what follows costs more than to send them.
  if (args.every(isPrimitive)) {
    return { args, references: undefined, functions: undefined, inContext: undefined, object }
  }
  const use = (reference: ObjectReference): void => {
    checkUse(task.name, reference, executor)
    if (object !== undefined && Home.of(object).thread !== Home.of(reference).thread) {
      refuseTwo(task, object, reference)
    }
    object = reference
  }
  const own = args.filter(isCallable)
  const lost = lostIn(`${task.name}()`, 'args', task.args, moves)
  // Written out: to copy what is left of an object costs as much as all the rest.
  const { data, references, functions, inContext } = sentValue(args, own, use, lost)
  return { args: data as unknown[], references, functions, inContext, context: task.context, object }
}

/**
 * A value as it is sent: functions that are marked, or are among `own`, are called back; `use` is told of each object
 * that it refers to, and `lost` tells what a message would lose.
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

/** The arguments, after the number of the object that the task is about. */
export function numbered(task: Task): readonly unknown[] {
  const receiver = receiverOf(task)
  return receiver === undefined ? task.args : [receiver.id, ...task.args]
}

/** @throws NotCloneableError when the object is not one of this executor's; DisposedError when it was disposed. */
export function checkUse(where: string, reference: ObjectReference, here: Executor): void {
  const { name, executor } = reference
  if (executor !== here) {
    throw new NotCloneableError(
      `${where}(): the ${name} lives on ${executor.name} and can't be sent to ${here.name}; ` +
        `call what uses it on ${executor.name}`
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
