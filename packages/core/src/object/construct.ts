import type { CallTarget } from '../call/target.js'
import { isEndOf } from '../scope/limits.js'
import { currentScope } from '../scope/scope.js'
import { blockRemote, callRemote } from './member.js'
import { newObjectId, newReference, type ObjectReference } from './object-reference.js'
import { stubOf } from './stub.js'

/** Reports the error of a constructor when the object is collected before it was used, so that the error is not lost. */
const unreported = new FinalizationRegistry<ObjectReference['failure']>(({ thrown, isReported }) => {
  if (thrown !== undefined && !isReported) void Promise.reject(thrown.error)
})

/**
 * Constructs an object where the executor keeps it. Its constructor starts now; the first use of the object rejects
 * with its error.
 */
export function construct(target: CallTarget, args: readonly unknown[]): object {
  const { reference, making } = prepare(target)
  const scope = currentScope()
  const made = callRemote(making, reference, args).startNow(false)
  made.then(undefined, error => {
    // An error that a scope caused need not be reported: it counts as handled.
    if (isEndOf(scope, error)) reference.failure.isReported = true
    // Until its stack is read, an error holds everything that its frames reference, including the object that is to be
    // collected.
    if (error instanceof Error) void error.stack
    reference.failure.thrown = { error }
  })
  const stub = stubOf(reference)
  unreported.register(stub, reference.failure)
  return stub
}

/** The same, blocking: the constructor's error is thrown here. */
export function constructNow(
  target: CallTarget,
  args: readonly unknown[],
  entry: (...args: never[]) => unknown
): ObjectReference {
  const { reference, making } = prepare(target)
  blockRemote(making, reference, args, entry)
  return reference
}

function prepare(target: CallTarget): { reference: ObjectReference; making: CallTarget } {
  // For a class inside an exported object, only its own name: the operations on its objects are named after it.
  const name = target.name.slice(target.name.lastIndexOf('.') + 1)
  return {
    reference: newReference(target.executor, name, newObjectId(), undefined, target.options),
    making: { ...target, name: `new ${target.name}`, operation: 'new' }
  }
}
