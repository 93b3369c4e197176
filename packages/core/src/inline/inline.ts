import { captureCarriers, restoreCarriers } from '../carriers.js'
import { cannotBlock } from '../errors/cannot-block.js'
import { AbstractExecutor } from '../executor/abstract-executor.js'
import type { Run, Task } from '../executor/executor.js'
import { loadModuleSync } from '../host/loaded-modules.js'
import type { Keep } from '../host/operation.js'
import { localObject } from '../object/local-object.js'
import type { ObjectReference } from '../object/object-reference.js'
import { refuseDisposed } from '../object/receiver.js'
import { nameOfClass } from '../object/shape.js'
import { isBounded, timeoutError } from '../scope/limits.js'
import { TaskControl } from '../scope/task-info.js'
import { enterTask } from '../scope/task-scope.js'
import type { Enter } from '../stream/local-source.js'
import { boundedRun, runLimits } from './bounded-run.js'
import { invoke, type TaskFunction } from './invoke.js'
import { boundFunction, expectObject, freeFunction, withObjects } from './object-tasks.js'
import { CalledRun } from './runs.js'

/** Also the base of what runs here in a way of its own. */
export class InlineExecutor extends AbstractExecutor {
  readonly name: string = 'inline'
  readonly canBlock = false
  readonly place = 'here'
  readonly keepsObjects = true
  readonly #keep: Keep = object => localObject(object, this, nameOfClass(object))

  start(task: Task): Run {
    if (!task.isCancellable && !isLimited(task)) return new CalledRun(task.name, () => this.#await(task))
    return bounded(task, enter => this.#await(task, enter))
  }

  runSync(task: Task): unknown {
    if (!isLimited(task)) return this.#block(task)
    const run = bounded(task, enter => this.#block(task, enter))
    // Its outcome is returned or thrown here.
    run.promise.catch(() => {})
    return run.waitSync()
  }

  async close(): Promise<void> {}

  #await(task: Task, enter?: Enter): unknown {
    if (task.fn !== undefined) return invoke(task, task.fn, 'await', enter)
    refuseDisposed(task)
    const local = withObjects(task)
    const call = (fn: TaskFunction): unknown => invoke(local, fn, 'await', enter)
    const bound = boundFunction(task, this.#keep)
    if (typeof bound === 'function') return call(bound)
    // Loading takes turns of the event loop; the function must still see what was set at the call.
    const context = captureCarriers()
    const loading =
      bound ?? importModule(task.module as string).then(module => freeFunction(task, module, this.#keep))
    const ended = loading.then(fn => restoreCarriers(context, () => call(fn)))
    if (task.operation === 'new') expectObject(task.receiver as ObjectReference, ended)
    return ended
  }

  #block(task: Task, enter?: Enter): unknown {
    refuseDisposed(task)
    return invoke(withObjects(task), this.#resolveSync(task), 'block', enter)
  }

  #resolveSync(task: Task): TaskFunction {
    const known = task.fn ?? boundFunction(task, this.#keep)
    if (known === undefined) return freeFunction(task, loadModuleSync(task.module as string), this.#keep)
    if (typeof known === 'function') return known
    throw cannotBlock(`${task.name}() needs an object that is still being made on this thread`)
  }
}

function isLimited(task: Task): boolean {
  return task.runTimeout !== undefined || isBounded(task)
}

/** A run that can be ended early; `call` is given what surrounds the function so that it can know of it. */
function bounded(task: Task, call: (enter: Enter) => unknown): Run {
  const limits = runLimits(task)
  const control = new TaskControl(task.name, limits.deadline, () => timeoutError(limits))
  return boundedRun(
    limits,
    () => call(step => enterTask(control, step)),
    reason => control.cancel(reason)
  )
}

/** The loader is itself loaded when it is first needed: most programs have their modules run elsewhere. */
async function importModule(url: string): Promise<object> {
  const { loadModule } = await import('../host/load-module.js')
  return loadModule(url)
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
