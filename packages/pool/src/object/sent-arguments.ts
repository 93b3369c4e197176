import { InvalidArgumentError, NotCloneableError } from '@bridge/core'
import {
  type Executor,
  hasObjects,
  type ObjectReference,
  receiverOf,
  refer,
  referenceTo,
  type Task
} from '@bridge/core/executor'
import type { Reference, References } from '../lane/wire.js'
import { Home } from './home.js'

/** What a call sends of its arguments, and where it must run for their sake. */
export interface SentArguments {
  readonly args: readonly unknown[]
  readonly references: References
  /** An object that it needs, so that it runs on that one's thread. */
  readonly object: ObjectReference | undefined
}

/** What a call sends that can't be sent. */
const NOTHING_SENT: SentArguments = { args: [], references: undefined, object: undefined }

/** What a call sends of its arguments; `refuse` is told why they can't be sent, if they can't. */
export function preparedArguments(
  task: Task,
  executor: Executor,
  refuse: (reason: unknown) => void
): SentArguments {
  try {
    return sentArguments(task, executor)
  } catch (reason) {
    refuse(reason)
    return NOTHING_SENT
  }
}

/**
 * The arguments of a task as they are sent: an object's number first where the task is about one, and references where
 * remote objects stand.
 *
 * @throws NotCloneableError when an object lives elsewhere; InvalidArgumentError when objects live on two threads.
 */
function sentArguments(task: Task, executor: Executor): SentArguments {
  const args = numbered(task)
  if (!hasObjects()) return { args, references: undefined, object: neededBy(task) }
  // A new object lives with what its constructor is given.
  let object = neededBy(task)
  const found = refer<Reference>(args, value => {
    const reference = referenceTo(value)
    if (reference === undefined) return undefined
    checkUse(task, reference, executor)
    if (object !== undefined && Home.of(object).thread !== Home.of(reference).thread) {
      refuseTwo(task, object, reference)
    }
    object = reference
    return ['object', reference.id, reference.name]
  })
  return { args: (found?.data as unknown[]) ?? args, references: found?.references, object }
}

function neededBy(task: Task): ObjectReference | undefined {
  return task.operation === 'new' ? undefined : receiverOf(task)
}

/** The arguments, after the number of the object that the task is about. */
export function numbered(task: Task): readonly unknown[] {
  const receiver = receiverOf(task)
  return receiver === undefined ? task.args : [receiver.id, ...task.args]
}

function checkUse(task: Task, { name, executor, isDisposed }: ObjectReference, here: Executor): void {
  if (executor !== here) {
    throw new NotCloneableError(
      `${task.name}(): the ${name} lives on ${executor.name} and can't be sent to ${here.name}; ` +
        `call what uses it on ${executor.name}`
    )
  }
  if (isDisposed) {
    throw new InvalidArgumentError(`${task.name}(): the ${name} among its arguments was disposed`)
  }
}

function refuseTwo(task: Task, one: ObjectReference, other: ObjectReference): never {
  throw new InvalidArgumentError(
    `${task.name}() uses a ${one.name} and a ${other.name} that live on two threads of ${one.executor.name}; ` +
      'make them on one thread (pool.pin()) to use them together'
  )
}
