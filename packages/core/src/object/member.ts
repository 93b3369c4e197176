import { FunctionCall } from '../call/call.js'
import { checkArguments } from '../call/check-arguments.js'
import { runSyncInOrder } from '../call/made-calls.js'
import { inMaking, makingOf } from '../call/making.js'
import { type CallTarget, lineOf, toTask } from '../call/target.js'
import { blocking } from '../diagnostics/call-trace.js'
import { InvalidArgumentError } from '../errors/errors.js'
import type { TaskOperation } from '../executor/executor.js'
import { adapted, showThrown } from '../stream/stream.js'
import type { ObjectReference } from './object-reference.js'

/** The target of an operation on a member of an export, or on an export of the module itself. */
export function exportTarget(holder: CallTarget, operation: TaskOperation, member: string): CallTarget {
  const { name } = holder
  return { ...holder, name: name === '' ? member : `${name}.${member}`, operation }
}

/** The target of an operation on an object. */
export function memberTarget(
  { executor, name, options }: Pick<ObjectReference, 'executor' | 'name' | 'options'>,
  operation: TaskOperation,
  member: string
): CallTarget {
  return {
    name: `${name}.${member}`,
    executor,
    module: '',
    fn: undefined,
    kind: undefined,
    // The limits of an object's calls do not apply to its disposal.
    options: operation === 'dispose' ? undefined : options,
    operation
  }
}

/** A call of a function of a module, or of a member of an object. */
export function callRemote(
  target: CallTarget,
  receiver: ObjectReference | undefined,
  args: readonly unknown[]
): FunctionCall<unknown> {
  check(target, receiver, args)
  return new FunctionCall(target, receiver, args)
}

/** The same, blocking; `entry` is the function that the user called. */
export function blockRemote(
  target: CallTarget,
  receiver: ObjectReference | undefined,
  args: readonly unknown[],
  entry: (...args: never[]) => unknown
): unknown {
  check(target, receiver, args)
  const making = makingOf(target)
  const traced = making?.traced
  const run = (): unknown =>
    runSyncInOrder(target.executor, lineOf(target, receiver), undefined, () =>
      toTask(target, receiver, args, making, false)
    )
  let outcome: unknown
  try {
    outcome = blocking(
      target,
      traced,
      entry as () => unknown,
      traced === undefined ? run : () => inMaking(making, run)
    )
  } catch (error) {
    showThrown(target, error)
    throw error
  }
  return adapted(target, outcome)
}

function check(
  { name, executor, operation }: CallTarget,
  receiver: ObjectReference | undefined,
  args: readonly unknown[]
): void {
  if (operation !== undefined && executor.keepsObjects !== true) {
    throw new InvalidArgumentError(
      `${name}(): ${executor.name} keeps no objects; import the class by an executor that does, such as a pool or inline`
    )
  }
  checkArguments(name, args)
  // The first use of an object rejects with the error of its constructor.
  if (receiver !== undefined && operation !== 'new') receiver.failure.isReported = true
}
