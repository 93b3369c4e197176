import { now } from '@bridge/core/executor'
import type { Thread } from './thread.js'

/** What Node's timers may be early by, in milliseconds. */
const EARLY = 1

/** The stream's call, as far as it is looked at here. */
interface Stepped {
  readonly thread: Pick<Thread, 'stepOf'> | undefined
  readonly killGrace: number
}

/**
 * Tells a generator that is stuck in a step from one that has only just come to it, as one does that is wound up after
 * many others: of the stopped streams of a thread there is always one that is being stepped.
 */
export class StepWatch<Run extends Stepped & Parameters<Thread['stepOf']>[0]> {
  readonly #run: Run
  /** The step that was under way when this was looked at last. */
  #step: number | undefined
  #since = 0
  #waitsUntil: number | undefined

  constructor(run: Run) {
    this.#run = run
  }

  /** The stream is told to stop: a step that is under way now is one that goes on although. */
  begin(): void {
    this.#look()
  }

  /**
   * For how many milliseconds a generator that has not ended in its time is waited for yet: for a further `killGrace`
   * where a step of it has begun only since. Calls `onStuck` for one that has been inside the same step for all of it.
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

  /** For how long the step that is under way has been seen to be; `undefined` where none is. */
  #look(): number | undefined {
    const step = this.#run.thread?.stepOf(this.#run)
    if (step !== this.#step) this.#since = now()
    this.#step = step
    return step === undefined ? undefined : now() - this.#since
  }
}
