import { type Blocker, wordBlocker } from '@bridge/iter'

/** Something that receives while this thread is blocked. */
export interface Receiver {
  /** Takes what has arrived. */
  receive(): void
}

/**
 * How this thread blocks: on one word that every thread it owns increments after each message. Whatever it waits
 * for, it takes the messages of all of them, so that a blocked wait moves queues on and keeps each answer with
 * its own call.
 */
export class Waker implements Blocker {
  readonly word = new Int32Array(new SharedArrayBuffer(4))
  readonly #receivers = new Set<Receiver>()
  readonly #blocker = wordBlocker(this.word)

  add(receiver: Receiver): void {
    this.#receivers.add(receiver)
  }

  delete(receiver: Receiver): void {
    this.#receivers.delete(receiver)
  }

  blockUntil(isDone: () => boolean, timeout?: number): boolean {
    const received = (): boolean => {
      for (const receiver of this.#receivers) receiver.receive()
      return isDone()
    }
    return this.#blocker.blockUntil(received, timeout)
  }
}

/** The one waker of this thread. It is not shared between copies of the package: each waits for its own threads. */
export const waker = new Waker()
