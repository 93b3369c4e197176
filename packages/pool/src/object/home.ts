import type { ObjectReference, Task } from '@bridge/core/executor'
import type { Thread } from '../thread/thread.js'

/** Where an object lives that a pool keeps. */
export class Home {
  /** Another one only while its constructor has not started, and its thread ended. */
  thread: Thread
  /** Makes the error of a call that uses it, when there is none any more or never was. */
  lost: ((subject: string) => unknown) | undefined

  constructor(thread: Thread) {
    this.thread = thread
  }

  static of(reference: ObjectReference): Home {
    return reference.home as Home
  }
}

/** How a call ends that its thread never came to. An object that it would have made is lost with it. */
export function neverStarted<E extends { readonly reason: unknown }>(
  { operation, receiver }: Task,
  ending: E
): E {
  if (operation === 'new') Home.of(receiver as ObjectReference).lost ??= () => ending.reason
  return ending
}
