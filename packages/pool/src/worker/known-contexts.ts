import type { HostTask } from '@bridge/core/host'
import { markConstant } from '@bridge/core/internal'

type Context = NonNullable<HostTask['context']>

/**
 * The contexts for which this thread has numbers (connection/contexts.ts): the calls that carry a number share one
 * copy.
 */
export class KnownContexts {
  readonly #contexts: Context[] = []

  /** From now on the number means this context. */
  add(number: number, context: Context): void {
    for (const [, , value] of context) if (typeof value === 'object' && value !== null) markConstant(value)
    this.#contexts[number] = markConstant(context)
  }

  /** The context as received, or the context with that number. */
  find(context: HostTask['context'] | number): HostTask['context'] {
    return typeof context === 'number' ? this.#contexts[context] : context
  }
}
