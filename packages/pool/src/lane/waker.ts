import type { Blocker } from '@bridge/iter'

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

  add(receiver: Receiver): void {
    this.#receivers.add(receiver)
  }

  delete(receiver: Receiver): void {
    this.#receivers.delete(receiver)
  }

  blockUntil(isDone: () => boolean): void {
    this.blockFor(isDone, undefined)
  }

  /** Blocks until `isDone`, at most `timeout` milliseconds; whether it is done. */
  blockFor(isDone: () => boolean, timeout: number | undefined): boolean {
    const ends = timeout === undefined ? Infinity : performance.now() + timeout
    for (;;) {
      // Read before looking: what arrives in between changes the word, and the wait returns at once.
      const seen = Atomics.load(this.word, 0)
      for (const receiver of this.#receivers) receiver.receive()
      if (isDone()) return true
      const left = ends - performance.now()
      if (left <= 0) return false
      Atomics.wait(this.word, 0, seen, left)
    }
  }
}

/** The one waker of this thread. It is not shared between copies of the package: each waits for its own threads. */
export const waker = new Waker()
