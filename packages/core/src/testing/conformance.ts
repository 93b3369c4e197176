import type { Executor } from '../executor/executor.js'

/** One thing an executor must do. `run` throws when it does not. */
export interface ConformanceCase {
  /** A sentence for the test's name. */
  readonly name: string
  run(executor: Executor): Promise<void>
}

/** The cases that every executor must pass, for any test runner. */
export function conformanceCases(): readonly ConformanceCase[] {
  return []
}
