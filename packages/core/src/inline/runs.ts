import { blockingValue, type Outcome, outcomeOf, promiseOf } from '../call/outcome.js'
import type { Run } from '../executor/executor.js'

/** A run whose function has already been called: it has returned, thrown, or returned a promise. */
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

  // A local run without limits has no task to notify; its caller simply awaits it.
  cancel(): void {}
}
