/** When a thread is replaced by a new one. */
export interface RecycleAfter {
  /** After so many calls. */
  calls?: number | undefined
  /** When more megabytes of heap than this are in use after a call; what V8 has not collected yet counts. */
  heap?: number | undefined
}

/** How much a thread has been through. */
export class Wear {
  /** Where the thread says how many megabytes of heap it uses; there only when somebody asks. */
  readonly heap: Int32Array<SharedArrayBuffer> | undefined
  readonly #bounds: RecycleAfter
  #calls = 0

  constructor(bounds: RecycleAfter = {}) {
    this.#bounds = bounds
    if (bounds.heap !== undefined) this.heap = new Int32Array(new SharedArrayBuffer(4))
  }

  /** One more call was answered; whether a bound has been reached. */
  add(): boolean {
    this.#calls++
    return this.reached !== undefined
  }

  /** Which bound has been reached, in words. */
  get reached(): string | undefined {
    const { calls = Infinity, heap = Infinity } = this.#bounds
    if (this.#calls >= calls) return `it has run ${this.#calls} calls (recycleAfter.calls)`
    const used = this.heap === undefined ? 0 : Atomics.load(this.heap, 0)
    return used > heap ? `it uses ${used} MB of heap (recycleAfter.heap: ${heap})` : undefined
  }
}
