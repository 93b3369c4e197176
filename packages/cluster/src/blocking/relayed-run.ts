import type { Run, Task } from '@bridge/core/executor'
import { adopt } from '@bridge/core/internal'
import { type ConsumedStream, consume, isRelayed } from './consumed-stream.js'

/** A call that a loop's thread has sent: it has that call's outcome, except for a stream, which is opened on this thread. */
export class RelayedRun implements Run {
  readonly #task: Task
  readonly #run: Run
  #stream: ConsumedStream | undefined
  #promise: Promise<unknown> | undefined

  constructor(task: Task, run: Run) {
    this.#task = task
    this.#run = run
  }

  get promise(): Promise<unknown> {
    this.#promise ??= adopt(this.#run.promise).then(outcome => this.#shown(outcome))
    return this.#promise
  }

  waitSync(timeout?: number): unknown {
    return this.#shown(this.#run.waitSync(timeout))
  }

  cancel(reason: unknown): void {
    if (this.#stream === undefined) this.#run.cancel(reason)
    else this.#stream.abort(reason)
  }

  dequeue(): boolean {
    return this.#run.dequeue?.() === true
  }

  onAwaited(): void {
    this.#run.onAwaited?.()
  }

  #shown(outcome: unknown): unknown {
    if (!isRelayed(outcome)) return outcome
    this.#stream ??= consume(this.#task, outcome)
    return this.#stream.source
  }
}
