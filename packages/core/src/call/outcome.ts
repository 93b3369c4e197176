import { cannotBlock } from '../errors/cannot-block.js'
import { isThenable } from '../kind.js'

/** How a call that did not go through an awaited run has ended. */
export type Outcome = { readonly value: unknown } | { readonly error: unknown }

/** What `run` returned or threw. */
export function outcomeOf(run: () => unknown): Outcome {
  try {
    return { value: run() }
  } catch (error) {
    return { error }
  }
}

/** The value of an outcome; what was thrown is thrown. */
export function resultOf(outcome: Outcome): unknown {
  if ('error' in outcome) throw outcome.error
  return outcome.value
}

/** An outcome for who awaits. */
export function promiseOf(outcome: Outcome): Promise<unknown> {
  return 'error' in outcome ? Promise.reject(outcome.error) : Promise.resolve(outcome.value)
}

/**
 * An outcome for who blocks.
 *
 * @throws CannotBlockError when it is a promise of this thread.
 */
export function blockingValue(name: string, outcome: Outcome): unknown {
  const value = resultOf(outcome)
  if (isThenable(value)) throw cannotBlock(`${name}() runs on this thread`)
  return value
}
