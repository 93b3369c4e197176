import type { HostRequest } from '@bridge/core/host'
import { markConstant } from '@bridge/core/internal'

type Context = NonNullable<HostRequest['context']>

/** The contexts that this thread was told by number (lane/contexts.ts): the calls that carry the number share one copy. */
export class ToldContexts {
  readonly #contexts: Context[] = []

  /** From now on the number means this. */
  tell(number: number, context: Context): void {
    for (const [, , value] of context) if (typeof value === 'object' && value !== null) markConstant(value)
    this.#contexts[number] = markConstant(context)
  }

  /** The context as it came, or the one of that number. */
  find(told: HostRequest['context'] | number): HostRequest['context'] {
    return typeof told === 'number' ? this.#contexts[told] : told
  }
}
