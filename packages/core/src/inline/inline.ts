import { inMaking, makingNow } from '../call/making.js'
import type { Use } from '../dispatch.js'
import { cannotBlock } from '../errors/cannot-block.js'
import { AbstractExecutor } from '../executor/abstract-executor.js'
import type { Run, Task } from '../executor/executor.js'
import { loadModuleSync } from '../host/loaded-modules.js'
import type { Keep } from '../host/operation.js'
import { localObject } from '../object/local-object.js'
import type { ObjectReference } from '../object/object-reference.js'
import { isBound, refuseDisposed } from '../object/receiver.js'
import { nameOfClass } from '../object/shape.js'
import { ignore } from '../promise.js'
import { isBounded, timeoutError } from '../scope/limits.js'
import { enterScope } from '../scope/scope.js'
import { currentTask, TaskControl } from '../scope/task-info.js'
import type { Enter } from '../stream/local-source.js'
import { boundedRun, runLimits } from './bounded-run.js'
import { invoke } from './invoke.js'
import { lookAtLoss } from './look-at-loss.js'
import { expectObject, functionOf, whenMade, withObjects } from './object-tasks.js'
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
    run.promise.catch(ignore)
    return run.waitSync()
  }

  async close(): Promise<void> {}

  #await(task: Task, enter?: Enter): unknown {
    if (task.fn !== undefined) return invoke(task, task.fn, 'await', enter)
    refuseDisposed(task)
    const ended = isBound(task) ? whenMade(task) : this.#load(task)
    if (ended === undefined) return this.#run(task, undefined, 'await', enter)
    // Loading takes turns of the event loop; the function must still see what was set at the call.
    const making = makingNow()
    const made = ended.then(module =>
      inMaking(making, () => {
        // A caller that left meanwhile must not find its task started.
        enter?.(() => currentTask()?.throwIfAborted())
        return this.#run(task, isBound(task) ? undefined : (module as object), 'await', enter)
      })
    )
    if (task.operation === 'new') expectObject(task.receiver as ObjectReference, made)
    return made
  }

  async #load(task: Task): Promise<object> {
    const [module] = await Promise.all([importModule(task.module as string), whenMade(task)])
    return module
  }

  #block(task: Task, enter?: Enter): unknown {
    if (task.fn !== undefined) return invoke(task, task.fn, 'block', enter)
    refuseDisposed(task)
    if (whenMade(task) !== undefined) {
      throw cannotBlock(`${task.name}() needs an object that is still being made on this thread`)
    }
    const module = isBound(task) ? undefined : loadModuleSync(task.module as string)
    return this.#run(task, module, 'block', enter)
  }

  #run(task: Task, module: object | undefined, use: Use, enter: Enter | undefined): unknown {
    if (task.args.length > 0) lookAtLoss(task.name, 'args', task.args)
    return invoke(withObjects(task), functionOf(task, module, this.#keep), use, enter)
  }
}

function isLimited(task: Task): boolean {
  return task.runTimeout !== undefined || task.itemTimeout !== undefined || isBounded(task)
}

/** A run that can be ended early; `call` is given what surrounds the function so that it can know of it. */
function bounded(task: Task, call: (enter: Enter) => unknown): Run {
  const limits = runLimits(task)
  const control = new TaskControl(task.name, limits.deadline, () => timeoutError(limits))
  return boundedRun(
    limits,
    () => call(step => enterScope(control, step)),
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
