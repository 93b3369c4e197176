import type { Executor, Task } from '../executor/executor.js'
import { inline } from '../inline/inline.js'

/**
 * Runs one group of calls as if it were one call of this thread, so that it has a call's options and can be consumed
 * like one. A group has two functions, because how its calls are made depends on whether it may block.
 */
export function groupExecutor(awaited: () => Promise<unknown>, blocking: () => unknown): Executor {
  return Object.assign(Object.create(inline) as Executor, {
    name: 'group',
    start: (task: Task) => inline.start({ ...task, fn: awaited }),
    runSync: (task: Task) => inline.runSync({ ...task, fn: blocking })
  })
}
