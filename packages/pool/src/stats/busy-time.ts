/** How much of its time a thread has had its places taken. */
export class BusyTime {
  readonly #places: number
  readonly #since = performance.now()
  #busy = 0
  #load = 0
  #changed = this.#since

  /** `concurrency` is how many calls run at once; one that is not bounded counts as busy while any runs. */
  constructor(concurrency: number) {
    this.#places = concurrency === Infinity ? 1 : concurrency
  }

  /** So many calls run or wait there from now on. */
  note(load: number): void {
    if (load === this.#load) return
    this.#busy = this.busy
    this.#load = load
    this.#changed = performance.now()
  }

  /** The milliseconds of all its places that calls have taken. */
  get busy(): number {
    return this.#busy + Math.min(this.#load, this.#places) * (performance.now() - this.#changed)
  }

  /** The milliseconds of all its places. */
  get total(): number {
    return this.#places * (performance.now() - this.#since)
  }
}
