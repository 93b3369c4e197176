/** When a thread is replaced by a new one. */
export interface RecycleAfter {
  /** After so many calls. */
  calls?: number | undefined
  /** When more megabytes of heap than this are in use after a call; what V8 has not collected yet counts. */
  heap?: number | undefined
}

/** How much a thread has been through, and why it is to be replaced. */
export class Wear {
  /** Where the thread says how many megabytes of heap it uses; there only when somebody asks. */
  readonly heap: Int32Array<SharedArrayBuffer> | undefined
  readonly #bounds: RecycleAfter
  readonly #maxAbandoned: number
  readonly #isOnly: boolean
  #calls = 0
  #retired: string | undefined
  /** Whether a bound was reached when a call had been answered: looked at for each call that is sent. */
  #isWorn = false

  /** `isOnly` is whether no other thread can take calls in its place. */
  constructor(bounds: RecycleAfter = {}, maxAbandoned: number, isOnly: boolean) {
    this.#bounds = bounds
    this.#isOnly = isOnly
    this.#maxAbandoned = maxAbandoned
    if (bounds.heap !== undefined) this.heap = new Int32Array(new SharedArrayBuffer(4))
  }

  /** One more call was answered. */
  add(): void {
    this.#calls++
    this.#isWorn = this.#reached !== undefined
  }

  /** It was decided that it is to be replaced. */
  retire(why: string): void {
    this.#retired = why
  }

  /** Whether it is to take no more calls, so many having been abandoned. */
  isOver(abandoned: number): boolean {
    if (this.#isWorn || this.#retired !== undefined) return true
    // An only one that waited for a call without end would serve no other.
    return !this.#isOnly && abandoned > this.#maxAbandoned
  }

  /** Why it is to be replaced, in words. */
  due(abandoned: number): string | undefined {
    if (this.#retired !== undefined) return this.#retired
    if (abandoned > this.#maxAbandoned) return `${abandoned} abandoned calls went on there (maxAbandoned)`
    return this.#reached
  }

  get #reached(): string | undefined {
    const { calls = Infinity, heap = Infinity } = this.#bounds
    if (this.#calls >= calls) return `it has run ${this.#calls} calls (recycleAfter.calls)`
    const used = this.heap === undefined ? 0 : Atomics.load(this.heap, 0)
    return used > heap ? `it uses ${used} MB of heap (recycleAfter.heap: ${heap})` : undefined
  }
}
