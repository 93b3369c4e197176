/** When a thread is replaced by a new one. */
export interface RecycleAfter {
  /** After this many calls. */
  calls?: number | undefined
  /** When more megabytes of heap than this are in use after a call; garbage that V8 has not collected yet counts. */
  heap?: number | undefined
}

/** Determines whether a thread is to be replaced, and why. */
export class RecyclePolicy {
  /** Where the thread writes how many megabytes of heap it uses; only if there is a limit. */
  readonly heap: Int32Array<SharedArrayBuffer> | undefined
  readonly #bounds: RecycleAfter
  readonly #maxAbandoned: number
  readonly #isOnly: boolean
  #calls = 0
  #retired: string | undefined
  /** Whether a limit was reached when a call had been answered: read for each call that is sent. */
  #shouldRecycle = false

  /** `isOnly` is whether no other thread can take its calls. */
  constructor(bounds: RecycleAfter = {}, maxAbandoned: number, isOnly: boolean) {
    this.#bounds = bounds
    this.#isOnly = isOnly
    this.#maxAbandoned = maxAbandoned
    if (bounds.heap !== undefined) this.heap = new Int32Array(new SharedArrayBuffer(4))
  }

  /** One more call was answered. */
  add(): void {
    this.#calls++
    this.#shouldRecycle = this.#reached !== undefined
  }

  /** It is to be replaced. */
  retire(why: string): void {
    this.#retired = why
  }

  /** Whether it is to take no more calls, with so many abandoned ones. */
  isOver(abandoned: number): boolean {
    if (this.#shouldRecycle || this.#retired !== undefined) return true
    // An only thread that waited for an endless call would serve no other call.
    return !this.#isOnly && abandoned > this.#maxAbandoned
  }

  /** Why it is to be replaced, in words. */
  due(abandoned: number): string | undefined {
    if (this.#retired !== undefined) return this.#retired
    if (abandoned > this.#maxAbandoned) return `${abandoned} abandoned calls still run there (maxAbandoned)`
    return this.#reached
  }

  get #reached(): string | undefined {
    const { calls = Infinity, heap = Infinity } = this.#bounds
    if (this.#calls >= calls) return `it has run ${this.#calls} calls (recycleAfter.calls)`
    const used = this.heap === undefined ? 0 : Atomics.load(this.heap, 0)
    return used > heap ? `it uses ${used} MB of heap (recycleAfter.heap: ${heap})` : undefined
  }
}
