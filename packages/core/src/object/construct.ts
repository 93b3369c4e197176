import type { CallTarget } from '../call/target.js'
import { isEndOf } from '../scope/limits.js'
import { currentScope } from '../scope/scope.js'
import { faceOf } from './face.js'
import { blockRemote, callRemote } from './member.js'
import { newObjectId, newReference, type ObjectReference } from './object-reference.js'

/** What its constructor threw, when nobody ever asked the object for anything: it must not be lost with it. */
const untold = new FinalizationRegistry<ObjectReference['failure']>(({ thrown, isTold }) => {
  if (thrown !== undefined && !isTold) void Promise.reject(thrown.error)
})

/**
 * Makes an object where the executor keeps it. Its constructor starts now; whoever uses the object first learns of its
 * error.
 */
export function construct(target: CallTarget, args: readonly unknown[]): object {
  const { reference, making } = prepare(target)
  const scope = currentScope()
  const made = callRemote(making, reference, args).startNow(false)
  made.then(undefined, error => {
    // A scope's end need not be told: what it ended counts as handled.
    if (isEndOf(scope, error)) reference.failure.isTold = true
    // Until its stack is looked at, an error holds whatever its frames belong to: the object that is to be collected.
    if (error instanceof Error) void error.stack
    reference.failure.thrown = { error }
  })
  const face = faceOf(reference)
  untold.register(face, reference.failure)
  return face
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
  // Of a class inside of an exported object its own name alone: what is done to its objects is told from theirs.
  const name = target.name.slice(target.name.lastIndexOf('.') + 1)
  return {
    reference: newReference(target.executor, name, newObjectId(), undefined, target.options),
    making: { ...target, name: `new ${target.name}`, operation: 'new' }
  }
}
