/** How many keys are remembered: a service that uses each user's name as a key must not grow for ever. */
const REMEMBERED = 100_000

/** Which thread each affinity key belongs to. */
export class Affinities<T> {
  readonly #threads = new Map<string, T>()

  /** The thread that runs calls with this key, if there is one yet. */
  threadOf(key: string | undefined): T | undefined {
    return key === undefined ? undefined : this.#threads.get(key)
  }

  /** A call with this key was sent to this thread: the following calls go there, too. */
  bind(key: string, thread: T): void {
    // Moved to the end: the first key in the map is the least recently used one.
    this.#threads.delete(key)
    this.#threads.set(key, thread)
    if (this.#threads.size > REMEMBERED) this.#threads.delete(this.#threads.keys().next().value as string)
  }

  /** The thread has ended: calls with its keys may run on other threads. */
  release(thread: T): void {
    for (const [key, bound] of this.#threads) if (bound === thread) this.#threads.delete(key)
  }
}
