import { GENERATORS, STARTED, STEP, STEPPING, TURNS } from './wire.js'

/** What a worker writes in shared memory about what it does, which its parent can read while either is busy. */
export class WorkerState {
  readonly #control: Int32Array

  constructor(control: Int32Array) {
    this.#control = control
  }

  /** How many calls it has started, in the order they were sent. */
  get started(): number {
    return Atomics.load(this.#control, STARTED)
  }

  /** The id of the call whose generator it is stepping; 0 when it steps none. */
  get stepping(): number {
    return Atomics.load(this.#control, STEPPING)
  }

  /** The number of the current or last step; each step has its own. To be read after `stepping`. */
  get step(): number {
    return Atomics.load(this.#control, STEP)
  }

  /** How many of its generators have not ended, whether their streams are read or not. */
  get generators(): number {
    return Atomics.load(this.#control, GENERATORS)
  }

  /** Changes with each turn of its event loop that the parent has requested. */
  get turns(): number {
    return Atomics.load(this.#control, TURNS)
  }
}
