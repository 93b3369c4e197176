import type { Task } from '@bridge/core/executor'

/** How long each function is expected to run, from its earlier calls. */
export class RunTimes {
  readonly #modules = new Map<string | undefined, Map<string, number>>()

  /** Records that one execution took `milliseconds`. */
  record({ module, name }: Task, milliseconds: number): void {
    let means = this.#modules.get(module)
    if (means === undefined) {
      means = new Map()
      this.#modules.set(module, means)
    }
    const mean = means.get(name) ?? milliseconds
    // A slow execution counts immediately: calls behind the next one would pay for the mistake.
    means.set(name, milliseconds >= mean ? milliseconds : (mean + milliseconds) / 2)
  }

  /** How many milliseconds the function is expected to run; `Infinity` if no call of it has ended. */
  expected({ module, name }: Task): number {
    return this.#modules.get(module)?.get(name) ?? Infinity
  }
}
