import { now } from '@bridge/core/executor'
import type { Thread } from './thread.js'

/** How early Node's timers may fire, in milliseconds. */
const EARLY = 1

/** The part of the stream's call that is used here. */
interface Stepped {
  readonly thread: Pick<Thread, 'stepOf'> | undefined
  readonly killGrace: number
}

/**
 * Distinguishes a generator that is stuck in a step from one that has only just begun the step, as when many generators
 * are closed one after the other: of a thread's stopped streams there is always one that is being stepped.
 */
export class StepWatch<Run extends Stepped & Parameters<Thread['stepOf']>[0]> {
  readonly #run: Run
  /** The step that was running at the last check. */
  #step: number | undefined
  #since = 0
  #waitsUntil: number | undefined

  constructor(run: Run) {
    this.#run = run
  }

  /** The stream is stopped: a step that is running now is one that continues in spite of that. */
  begin(): void {
    this.#look()
  }

  /**
   * For how many more milliseconds a generator that has not ended in time is waited for: another `killGrace` if a step
   * of it has begun since. Calls `onStuck` for a generator that has been in the same step for all of that time.
   */
  graceLeft(onStuck: () => void): number {
    const seenFor = this.#look()
    if (seenFor === undefined) return 0
    const { killGrace } = this.#run
    if (seenFor >= killGrace - EARLY) {
      onStuck()
      return 0
    }
    this.#waitsUntil ??= now() + killGrace - seenFor
    return Math.max(0, this.#waitsUntil - now())
  }

  /** For how long the current step has been seen running; `undefined` if there is none. */
  #look(): number | undefined {
    const step = this.#run.thread?.stepOf(this.#run)
    if (step !== this.#step) this.#since = now()
    this.#step = step
    return step === undefined ? undefined : now() - this.#since
  }
}
