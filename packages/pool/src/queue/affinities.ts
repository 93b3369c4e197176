/** How many keys are remembered: a service that uses each user's name as a key must not grow for ever. */
const REMEMBERED = 100_000

/** Which thread each affinity key belongs to. */
export class Affinities<T> {
  readonly #threads = new Map<string, T>()

  /** The thread that calls with this key go to, if they have one yet. */
  threadOf(key: string | undefined): T | undefined {
    return key === undefined ? undefined : this.#threads.get(key)
  }

  /** A call with this key went to this thread: the next ones follow. */
  bind(key: string, thread: T): void {
    // Behind all others again: the first in the map is the one that was not used for longest.
    this.#threads.delete(key)
    this.#threads.set(key, thread)
    if (this.#threads.size > REMEMBERED) this.#threads.delete(this.#threads.keys().next().value as string)
  }

  /** The thread has ended: its keys may go elsewhere. */
  release(thread: T): void {
    for (const [key, bound] of this.#threads) if (bound === thread) this.#threads.delete(key)
  }
}
