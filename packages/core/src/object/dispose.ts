import type { CallTarget } from '../call/target.js'
import { blockRemote, callRemote, memberTarget } from './member.js'
import type { ObjectReference } from './object-reference.js'

/** Disposes of an object: once, however often it is requested. */
export async function disposeAwaited(reference: ObjectReference): Promise<void> {
  if (isOver(reference)) return
  const ended = callRemote(disposal(reference, '[Symbol.asyncDispose]'), reference, []).startNow(false)
  reference.isDisposed = true
  await ended
}

/** The same, blocking. */
export function disposeBlocking(reference: ObjectReference): void {
  if (isOver(reference)) return
  try {
    blockRemote(disposal(reference, '[Symbol.dispose]'), reference, [], disposeBlocking)
  } finally {
    reference.isDisposed = true
  }
}

function disposal(reference: ObjectReference, member: string): CallTarget {
  return memberTarget(reference, 'dispose', member)
}

/** Whether nothing is left to dispose of: if the constructor failed, its error has been reported instead. */
function isOver({ isDisposed, failure }: ObjectReference): boolean {
  return isDisposed || (failure.thrown !== undefined && failure.isReported)
}
