import { captureCarriers, restoreCarriers } from '../carriers.js'
import { AbstractExecutor } from '../executor/abstract-executor.js'
import type { Run, Task } from '../executor/executor.js'
import { findExport } from '../host/find-export.js'
import { loadModule, loadModuleSync } from '../host/load-module.js'
import { isBounded, limitReached } from '../scope/limits.js'
import type { Enter } from '../stream/local-source.js'
import { BoundedRun } from './bounded-run.js'
import { invoke, type TaskFunction } from './invoke.js'
import { CalledRun, failedRun } from './runs.js'

class InlineExecutor extends AbstractExecutor {
  readonly name = 'inline'
  readonly canBlock = false
  readonly place = 'here'

  start(task: Task): Run {
    const reached = limitReached(task)
    if (reached !== undefined) return failedRun(reached.reason)
    if (task.isCancellable || task.runTimeout !== undefined || isBounded(task)) {
      return new BoundedRun(task, enter => this.#await(task, enter))
    }
    return new CalledRun(task.name, () => this.#await(task))
  }

  runSync(task: Task): unknown {
    const reached = limitReached(task)
    if (reached !== undefined) throw reached.reason
    if (!isBounded(task) && task.runTimeout === undefined)
      return invoke(task, this.#resolveSync(task), 'block')
    const run = new BoundedRun(task, enter => invoke(task, this.#resolveSync(task), 'block', enter))
    // Its outcome is returned or thrown here.
    run.promise.catch(() => {})
    return run.waitSync()
  }

  async close(): Promise<void> {}

  #await(task: Task, enter?: Enter): unknown {
    if (task.fn !== undefined) return invoke(task, task.fn, 'await', enter)
    // Loading takes turns of the event loop; the function must still see what was set at the call.
    const context = captureCarriers()
    return loadModule(task.module as string).then(module =>
      restoreCarriers(context, () => invoke(task, findExport(module, task), 'await', enter))
    )
  }

  #resolveSync(task: Task): TaskFunction {
    if (task.fn !== undefined) return task.fn
    return findExport(loadModuleSync(task.module as string), task)
  }
}

/**
 * The executor that runs everything on the calling thread: the default of `bridge(fn)`, and what tests put in
 * the place of a pool. Synchronous functions can be blocked on; asynchronous ones can't (`CannotBlockError`),
 * because they need the thread that would wait. A limit ends the caller's wait, and the function as soon as it
 * looks at `currentTask()`.
 *
 * @example
 * ```ts
 * const tasks = inline.import<typeof import('./tasks.js')>(new URL('./tasks.js', import.meta.url))
 * await tasks.hash('x', 10)
 * ```
 */
export const inline: AbstractExecutor = new InlineExecutor()
