import { cannotWait } from '../inline/runs.js'

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
  if ('error' in outcome) throw outcome.error
  if (outcome.value instanceof Promise) throw cannotWait(name)
  return outcome.value
}
