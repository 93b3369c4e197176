import type { Run, Task } from '../executor/executor.js'
import { InlineExecutor } from '../inline/inline.js'

/** Runs one group of calls as if it were one call of this thread, so that it has a call's options and uses. */
export class GroupExecutor extends InlineExecutor {
  override readonly name = 'group'
  readonly #awaited: () => Promise<unknown>
  readonly #blocking: () => unknown

  /** A group has two functions, because how its calls are made depends on whether it may block. */
  constructor(awaited: () => Promise<unknown>, blocking: () => unknown) {
    super()
    this.#awaited = awaited
    this.#blocking = blocking
  }

  override start(task: Task): Run {
    return super.start({ ...task, fn: this.#awaited })
  }

  override runSync(task: Task): unknown {
    return super.runSync({ ...task, fn: this.#blocking })
  }
}
