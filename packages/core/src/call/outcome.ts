import { cannotBlock } from '../errors/cannot-block.js'
import { isThenable } from '../kind.js'

/** How a call has ended that was not run by an awaited `Run`. */
export type Outcome = { readonly value: unknown } | { readonly error: unknown }

/** What `run` returned or threw. */
export function outcomeOf(run: () => unknown): Outcome {
  try {
    return { value: run() }
  } catch (error) {
    return { error }
  }
}

/** The value of an outcome; an error is thrown. */
export function resultOf(outcome: Outcome): unknown {
  if ('error' in outcome) throw outcome.error
  return outcome.value
}

/** An outcome as a promise, for a caller that awaits. */
export function promiseOf(outcome: Outcome): Promise<unknown> {
  return 'error' in outcome ? Promise.reject(outcome.error) : Promise.resolve(outcome.value)
}

/**
 * An outcome as a value, for a caller that blocks.
 *
 * @throws CannotBlockError when it is a promise of this thread.
 */
export function blockingValue(name: string, outcome: Outcome): unknown {
  const value = resultOf(outcome)
  if (isThenable(value)) throw cannotBlock(`${name}() runs on this thread`)
  return value
}
