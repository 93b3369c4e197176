import type { ObjectReference, Task } from '@bridge/core/executor'
import type { Thread } from '../thread/thread.js'

/** The location of an object that a pool keeps. */
export class ObjectLocation {
  /** Changes only if the thread ends before the constructor has started. */
  thread: Thread
  /** Creates the error of a call that uses the object, after it was lost or if it was never constructed. */
  lost: ((subject: string) => unknown) | undefined

  constructor(thread: Thread) {
    this.thread = thread
  }

  static of(reference: ObjectReference): ObjectLocation {
    return reference.location as ObjectLocation
  }
}

/** The outcome of a call that its thread never started. An object that it would have constructed is lost with it. */
export function neverStarted<E extends { readonly reason: unknown }>(
  { operation, receiver }: Task,
  ending: E
): E {
  if (operation === 'new') ObjectLocation.of(receiver as ObjectReference).lost ??= () => ending.reason
  return ending
}
