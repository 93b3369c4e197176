import { blockingValue, type Outcome, outcomeOf, promiseOf } from '../call/outcome.js'
import type { Run } from '../executor/executor.js'

/** A run whose function has been called already: it has returned, thrown, or given a promise. */
export class CalledRun implements Run {
  readonly promise: Promise<unknown>
  readonly #name: string
  readonly #outcome: Outcome

  constructor(name: string, call: () => unknown) {
    this.#name = name
    this.#outcome = outcomeOf(call)
    this.promise = promiseOf(this.#outcome)
  }

  waitSync(): unknown {
    return blockingValue(this.#name, this.#outcome)
  }

  // What runs here without a limit has no task to tell; its caller simply awaits it.
  cancel(): void {}
}
