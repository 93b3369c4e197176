import type { Task } from '@bridge/core/executor'
import { currentFrame } from '../callback/callback-frame.js'
import { waker } from '../connection/waker.js'
import { blockInTurns } from './block-in-turns.js'
import { type Outcome, takeOutcome } from './outcome.js'
import { QueuedRun } from './queued-run.js'
import type { RunExecutor } from './run-executor.js'
import type { Thread } from './thread.js'

/** Whether only its own end can end the task, so that it needs no queue, no limits and no timers. */
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
 * The run of a blocking call without limits on an idle thread: the shortest path that a call can take. Every other run
 * is a `QueuedRun`, which this becomes if its result is a stream.
 */
export class DirectRun {
  readonly task: Task
  readonly nestedIn = currentFrame()
  readonly id: number
  readonly thread: Thread
  readonly #executor: RunExecutor
  readonly #began = performance.now()
  #settled: Outcome | undefined
  #runTime = 0
  #isReclaiming = false
  readonly #promote: (direct: DirectRun) => QueuedRun
  #became: QueuedRun | undefined

  /** `promote` returns the run that replaces the call. */
  constructor(
    id: number,
    thread: Thread,
    task: Task,
    executor: RunExecutor,
    promote: (direct: DirectRun) => QueuedRun
  ) {
    this.id = id
    this.thread = thread
    this.#promote = promote
    this.task = task
    this.#executor = executor
  }

  fail(reason: unknown): void {
    if (this.#settled !== undefined || this.#became !== undefined) return
    this.#became = this.#promote(this)
    this.#became.fail(reason)
  }

  /** Fails it for its caller only. */
  abandon(reason: unknown): void {
    this.settle({ reason })
  }

  settle(settled: Outcome, runTime = 0): void {
    if (this.#settled !== undefined) return
    this.#settled = settled
    this.#runTime = runTime
  }

  /** Its thread ended before it was started there. */
  onReclaimed(): void {
    this.#isReclaiming = true
  }

  /** The run for a stream that this call returned. */
  asRun(thread: Thread): QueuedRun {
    const run = new QueuedRun(this.task, this.#executor)
    run.isOn(thread, this.id)
    return run
  }

  /** Blocks until the call has ended; `undefined` when another thread has to run it. */
  wait(): { readonly value: unknown } | undefined {
    const spinFor = waker.spinFor(this.#began)
    const isDone = (): boolean =>
      this.#settled !== undefined || this.#isReclaiming || this.#became !== undefined
    blockInTurns(this, isDone, Infinity, this.#executor, spinFor)
    if (this.#became !== undefined) return { value: this.#became.waitSync() }
    const settled = this.#settled
    if (settled === undefined) return undefined
    if ('value' in settled) waker.record(this.#began, this.#runTime, this.thread)
    return { value: takeOutcome(settled) }
  }
}
