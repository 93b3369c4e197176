import type { Task } from '@bridge/core/executor'

/** Below this mean, in milliseconds, a function is worth sending ahead to a thread that is still busy. */
const SHORT = 0.2

/** How long each function runs, as far as its calls have shown. */
export class RunTimes {
  readonly #modules = new Map<string | undefined, Map<string, number>>()

  /** Takes in that one execution took `milliseconds`. */
  record({ module, name }: Task, milliseconds: number): void {
    let means = this.#modules.get(module)
    if (means === undefined) {
      means = new Map()
      this.#modules.set(module, means)
    }
    const mean = means.get(name) ?? milliseconds
    // A slow execution counts at once: what waits behind the next one pays for the mistake.
    means.set(name, milliseconds >= mean ? milliseconds : (mean + milliseconds) / 2)
  }

  /** Whether the function is known to run so shortly that waiting behind it costs less than waking its thread. */
  isShort({ module, name }: Task): boolean {
    return (this.#modules.get(module)?.get(name) ?? Infinity) < SHORT
  }
}
