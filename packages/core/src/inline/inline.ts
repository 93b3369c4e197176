import { inMaking, makingNow } from '../call/making.js'
import { refuse } from '../check.js'
import type { Use } from '../dispatch.js'
import { cannotBlock } from '../errors/cannot-block.js'
import { AbstractExecutor, imported, importedSync } from '../executor/abstract-executor.js'
import type { Run, Task } from '../executor/executor.js'
import { loadModuleSync } from '../host/loaded-modules.js'
import type { Keep } from '../host/operation.js'
import { type ImportArguments, importArguments } from '../named-module.js'
import { localObject } from '../object/local-object.js'
import type { ObjectReference } from '../object/object-reference.js'
import { isBound, refuseDisposed } from '../object/receiver.js'
import { nameOfClass } from '../object/shape.js'
import type { ImportOptions, ImportSyncOptions, KeepName } from '../options.js'
import { ignore } from '../promise.js'
import { isBounded, timeoutError } from '../scope/limits.js'
import { enterScope } from '../scope/scope.js'
import { currentTask, TaskControl } from '../scope/task-info.js'
import type { Enter } from '../stream/local-source.js'
import type { EagerSync, Remote, RemoteSync } from '../types.js'
import { boundedRun, runLimits } from './bounded-run.js'
import { invoke } from './invoke.js'
import { lookAtLoss } from './look-at-loss.js'
import { ModuleLoader } from './module-loader.js'
import { expectObject, functionOf, whenMade, withObjects } from './object-tasks.js'
import { CalledRun } from './runs.js'

/** How a module that runs on this thread is loaded. */
export interface InlineOptions {
  /**
   * Loads the module instead of Node's own import, so that the loader of the calling code loads it, too: a test
   * runner's transforms and mocks apply to it. The calls of a module that is returned synchronously, as by `require`,
   * may also block before anything was awaited.
   */
  load?: (() => object | Promise<object>) | undefined
}

/** Options for the calls of a module that is imported to run on this thread, and for loading it. */
export interface InlineImportOptions<Keep extends KeepName = never>
  extends ImportOptions<Keep>,
    InlineOptions {}

/** The same for `importSync()`. */
export interface InlineImportSyncOptions<Keep extends KeepName = never>
  extends ImportSyncOptions<Keep>,
    InlineOptions {}

/** The executor that runs everything on the calling thread. */
export interface Inline extends AbstractExecutor {
  import<M extends object, Keep extends KeepName = never>(
    url: URL | string,
    options?: InlineImportOptions<Keep>
  ): Remote<M, Keep>
  import<M extends object, Keep extends KeepName = never>(
    module: () => Promise<M>,
    from: URL | string,
    options?: ImportOptions<Keep>
  ): Remote<M, Keep>
  importSync<M extends object, Keep extends KeepName = never>(
    url: URL | string,
    options: InlineImportSyncOptions<Keep> & { eager: true }
  ): EagerSync<M, Keep>
  importSync<M extends object, Keep extends KeepName = never>(
    url: URL | string,
    options?: InlineImportSyncOptions<Keep>
  ): RemoteSync<M, Keep>
  importSync<M extends object, Keep extends KeepName = never>(
    module: () => Promise<M>,
    from: URL | string,
    options: ImportSyncOptions<Keep> & { eager: true }
  ): EagerSync<M, Keep>
  importSync<M extends object, Keep extends KeepName = never>(
    module: () => Promise<M>,
    from: URL | string,
    options?: ImportSyncOptions<Keep>
  ): RemoteSync<M, Keep>
}

/** Also the base class for executors that run code on this thread in another way. */
export class InlineExecutor extends AbstractExecutor {
  readonly name: string = 'inline'
  readonly canBlock = false
  readonly place = 'here'
  readonly keepsObjects = true
  /** The loaders of the modules that were imported with `load`, by URL. */
  readonly #loaders = new Map<string, ModuleLoader>()
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

  override import<M extends object, Keep extends KeepName = never>(
    url: URL | string,
    options?: InlineImportOptions<Keep>
  ): Remote<M, Keep>
  override import<M extends object, Keep extends KeepName = never>(
    module: () => Promise<M>,
    from: URL | string,
    options?: ImportOptions<Keep>
  ): Remote<M, Keep>
  override import<M extends object>(...args: ImportArguments): Remote<M> {
    return imported<M>(this, ...this.#located('import()', args))
  }

  override importSync<M extends object, Keep extends KeepName = never>(
    url: URL | string,
    options: InlineImportSyncOptions<Keep> & { eager: true }
  ): EagerSync<M, Keep>
  override importSync<M extends object, Keep extends KeepName = never>(
    url: URL | string,
    options?: InlineImportSyncOptions<Keep>
  ): RemoteSync<M, Keep>
  override importSync<M extends object, Keep extends KeepName = never>(
    module: () => Promise<M>,
    from: URL | string,
    options: ImportSyncOptions<Keep> & { eager: true }
  ): EagerSync<M, Keep>
  override importSync<M extends object, Keep extends KeepName = never>(
    module: () => Promise<M>,
    from: URL | string,
    options?: ImportSyncOptions<Keep>
  ): RemoteSync<M, Keep>
  override importSync<M extends object>(...args: ImportArguments): RemoteSync<M> {
    return importedSync<M>(this, ...this.#located('importSync()', args))
  }

  /** The module's URL; a given loader is remembered. An arrow function that imports the module is its loader. */
  #located(
    where: string,
    args: ImportArguments
  ): [url: string, options: ImportSyncOptions<KeepName> | undefined] {
    const { url, options } = importArguments(where, args)
    if (options === null) refuse(where, 'options must be an object', options)
    const { load, ...others } = (options ?? {}) as InlineImportOptions<KeepName>
    const isArrow = typeof args[0] === 'function'
    if (isArrow || load !== undefined) {
      const before = this.#loaders.get(url)
      this.#loaders.set(url, new ModuleLoader(where, isArrow ? args[0] : load, isArrow, before))
    }
    return [url, others]
  }

  #await(task: Task, enter?: Enter): unknown {
    if (task.fn !== undefined) return invoke(task, task.fn, 'await', enter)
    refuseDisposed(task)
    const ended = isBound(task) ? whenMade(task) : this.#load(task)
    if (ended === undefined) return this.#run(task, undefined, 'await', enter)
    // Loading takes turns of the event loop; the function must still see the context of the call.
    const making = makingNow()
    const made = ended.then(module =>
      inMaking(making, () => {
        // A task whose caller has cancelled it meanwhile must not start.
        enter?.(() => currentTask()?.throwIfAborted())
        return this.#run(task, isBound(task) ? undefined : (module as object), 'await', enter)
      })
    )
    if (task.operation === 'new') expectObject(task.receiver as ObjectReference, made)
    return made
  }

  async #load(task: Task): Promise<object> {
    const url = task.module as string
    const loading = this.#loaders.get(url)?.load(url) ?? importModule(url)
    const [module] = await Promise.all([loading, whenMade(task)])
    return module
  }

  #block(task: Task, enter?: Enter): unknown {
    if (task.fn !== undefined) return invoke(task, task.fn, 'block', enter)
    refuseDisposed(task)
    if (whenMade(task) !== undefined) {
      throw cannotBlock(`${task.name}() needs an object that is still being made on this thread`)
    }
    const module = isBound(task) ? undefined : this.#loadSync(task)
    return this.#run(task, module, 'block', enter)
  }

  #loadSync({ name, module }: Task): object {
    const url = module as string
    const loader = this.#loaders.get(url)
    return loader === undefined ? loadModuleSync(url) : loader.loadSync(name, url)
  }

  #run(task: Task, module: object | undefined, use: Use, enter: Enter | undefined): unknown {
    if (task.args.length > 0) lookAtLoss(task.name, 'args', task.args)
    return invoke(withObjects(task), functionOf(task, module, this.#keep), use, enter)
  }
}

function isLimited(task: Task): boolean {
  return task.runTimeout !== undefined || task.itemTimeout !== undefined || isBounded(task)
}

/** A run that can be ended early; `call` gets the function that enters its task's surroundings. */
function bounded(task: Task, call: (enter: Enter) => unknown): Run {
  const limits = runLimits(task)
  const control = new TaskControl(task.name, limits.deadline, () => timeoutError(limits))
  return boundedRun(
    limits,
    () => call(step => enterScope(control, step)),
    reason => control.cancel(reason)
  )
}

/** The loader itself is loaded when it is first needed: most programs run their modules on other threads. */
async function importModule(url: string): Promise<object> {
  const { loadModule } = await import('../host/load-module.js')
  return loadModule(url)
}

/**
 * The executor that runs everything on the calling thread: the default of `bridge(fn)`, and a replacement for a pool in
 * tests. Synchronous functions can be blocked on; asynchronous ones can't (`CannotBlockError`), because they need the
 * thread that would wait. A limit ends the caller's wait, and the function as soon as it checks `currentTask()`.
 * Modules are loaded by Node; for a test runner with its own loader, set `load`.
 *
 * @example
 * ```ts
 * const tasks = inline.import<typeof import('./tasks.js')>(new URL('./tasks.js', import.meta.url), {
 *   load: () => import('./tasks.js')
 * })
 * await tasks.hash('x', 10)
 * ```
 */
export const inline: Inline = new InlineExecutor()
