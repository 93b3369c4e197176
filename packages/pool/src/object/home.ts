import type { ObjectReference } from '@bridge/core/executor'
import type { Thread } from '../thread/thread.js'

/** Where an object lives that a pool keeps. */
export class Home {
  /** Another one only while its constructor has not started, and its thread ended. */
  thread: Thread
  /** Makes the error of whoever uses it after its thread has ended. */
  lost: ((subject: string) => unknown) | undefined

  constructor(thread: Thread) {
    this.thread = thread
  }

  static of(reference: ObjectReference): Home {
    return reference.home as Home
  }
}
