import type { Task } from '@bridge/core/executor'
import { servedNow } from '../callback/served.js'
import { waker } from '../lane/waker.js'
import { blockInTurns } from './block-in-turns.js'
import type { RunOwner } from './run-owner.js'
import { outcomeOf, type Settled } from './settled.js'
import type { Thread } from './thread.js'
import { ThreadRun } from './thread-run.js'

/** Whether nothing can end the task but its own end, so that it needs no queue, no limits and no timers. */
export function isUnbounded(task: Task): boolean {
  return (
    task.deadline === undefined &&
    task.runTimeout === undefined &&
    task.signals.length === 0 &&
    task.trace === undefined &&
    task.affinity === undefined &&
    task.module !== undefined
  )
}

/**
 * A blocking call that nothing bounds, on a thread that has nothing else to do: the shortest way that a call can
 * take. Everything else is a `ThreadRun`, which this becomes where its result is a stream.
 */
export class QuickCall {
  readonly task: Task
  readonly nestedIn = servedNow()
  readonly id: number
  readonly thread: Thread
  readonly #owner: RunOwner
  readonly #began = performance.now()
  #settled: Settled | undefined
  #runTime = 0
  #isRecalled = false
  readonly #promote: (quick: QuickCall) => ThreadRun
  #became: ThreadRun | undefined

  /** `promote` gives what stands for the call from now on. */
  constructor(
    id: number,
    thread: Thread,
    task: Task,
    owner: RunOwner,
    promote: (quick: QuickCall) => ThreadRun
  ) {
    this.id = id
    this.thread = thread
    this.#promote = promote
    this.task = task
    this.#owner = owner
  }

  fail(reason: unknown): void {
    if (this.#settled !== undefined || this.#became !== undefined) return
    this.#became = this.#promote(this)
    this.#became.fail(reason)
  }

  /** Ends it for its caller alone. */
  abandon(reason: unknown): void {
    this.settle({ reason })
  }

  settle(settled: Settled, runTime = 0): void {
    if (this.#settled !== undefined) return
    this.#settled = settled
    this.#runTime = runTime
  }

  /** Its thread ended before it was started there. */
  recall(): void {
    this.#isRecalled = true
  }

  /** What owns a stream that this call gave. */
  asRun(thread: Thread): ThreadRun {
    const run = new ThreadRun(this.task, this.#owner)
    run.isOn(thread, this.id)
    return run
  }

  /** Blocks until the call has ended; `undefined` when another thread has to run it. */
  wait(): { readonly value: unknown } | undefined {
    const spinFor = waker.spinFor(this.#began)
    const isDone = (): boolean =>
      this.#settled !== undefined || this.#isRecalled || this.#became !== undefined
    blockInTurns(this, isDone, Infinity, this.#owner, spinFor)
    if (this.#became !== undefined) return { value: this.#became.waitSync() }
    const settled = this.#settled
    if (settled === undefined) return undefined
    if ('value' in settled) waker.record(this.#began, this.#runTime, this.thread)
    return { value: outcomeOf(settled) }
  }
}
