/** How much of the time a thread's places have been occupied. */
export class BusyTime {
  readonly #places: number
  readonly #since = performance.now()
  #busy = 0
  #load = 0
  #changed = this.#since

  /**
   * `concurrency` is how many calls run at the same time; if it is unlimited, the thread counts as busy while any call
   * runs.
   */
  constructor(concurrency: number) {
    this.#places = concurrency === Infinity ? 1 : concurrency
  }

  /** This many calls run or wait there from now on. */
  note(load: number): void {
    if (load === this.#load) return
    this.#busy = this.busy
    this.#load = load
    this.#changed = performance.now()
  }

  /** The milliseconds for which its places were occupied, summed over all places. */
  get busy(): number {
    return this.#busy + Math.min(this.#load, this.#places) * (performance.now() - this.#changed)
  }

  /** The milliseconds of all its places. */
  get total(): number {
    return this.#places * (performance.now() - this.#since)
  }
}
