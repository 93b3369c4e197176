import { CannotBlockError, TaskNotFoundError } from '../errors/errors.js'
import { AbstractExecutor } from '../executor/abstract-executor.js'
import type { Run, Task } from '../executor/executor.js'
import { limitReached } from '../scope/limits.js'
import { currentScope, enterScope, type Scope } from '../scope/scope.js'

/** The two ways a group of calls runs. */
export interface Group {
  /** Runs it without blocking; `abort` aborts every call that it makes. */
  awaited(abort: AbortController): Promise<unknown>
  /** Runs it blocking. */
  blocking(): unknown
}

/** Runs one group of calls as if it were one call, so that it has a call's options and uses. */
export class GroupExecutor extends AbstractExecutor {
  readonly name = 'group'
  readonly canBlock = true
  readonly place = 'elsewhere'
  readonly #group: Group

  constructor(group: Group) {
    super()
    this.#group = group
  }

  start(task: Task): Run {
    const abort = new AbortController()
    const scope = scopeOf(task, abort.signal)
    const promise = enterScope(scope, async () => {
      const reached = limitReached(task)
      if (reached !== undefined) throw reached.reason
      return this.#group.awaited(abort)
    })
    return {
      promise,
      waitSync: () => {
        throw new CannotBlockError(
          `${task.name}() was started without blocking, and its calls are made on this thread; await it, or ` +
            'call runSync() instead of start()'
        )
      },
      cancel: reason => abort.abort(reason)
    }
  }

  runSync(task: Task): unknown {
    const reached = limitReached(task)
    if (reached !== undefined) throw reached.reason
    return enterScope(scopeOf(task), () => this.#group.blocking())
  }

  override import(): never {
    throw new TaskNotFoundError('a group of calls imports no modules')
  }

  override importSync(): never {
    throw new TaskNotFoundError('a group of calls imports no modules')
  }

  async close(): Promise<void> {}
}

function scopeOf(task: Task, signal?: AbortSignal): Scope {
  return {
    deadline: task.deadline,
    signals: signal === undefined ? task.signals : [...task.signals, signal],
    task: currentScope()?.task
  }
}
