import { type Executor, type Inline, InvalidArgumentError, inline, type Remote } from '@bridge/core'
import { checkFunction, checkOptions, hideFrames, refuse } from '@bridge/core/internal'
import { Inject, Injectable, Optional } from '@nestjs/common'
import { checkPoolName, getPoolToken } from '../module/tokens.js'
import { loadInPlace } from './load-in-place.js'
import { checkTaskFile } from './task-file.js'

hideFrames(import.meta.url)

declare const MODULE: unique symbol

/** On the executor that `inlineTasks` gives a class, which the other copy of this package may have made: the module. */
const AT_HAND: unique symbol = Symbol.for('@bridge/nest/at-hand')

/** The class that `defineTasks` makes: its instances have the module's functions as methods that give calls. */
export interface TasksClass<M extends object> {
  new (executor: Executor): Remote<M>
  /** For types alone: the module. */
  readonly [MODULE]?: M
}

/** What `defineTasks` may be told. */
export interface DefineTasksOptions<M extends object> {
  /**
   * Gives the module where the executor is `inline`, in the place of Node's own import: what loads the caller, such as a
   * test runner, loads it, too, and its transforms, mocks and coverage apply. On other executors it is not called.
   */
  readonly load?: (() => M | Promise<M>) | undefined
  /** The name of the pool that the tasks run on, of `BridgeModule.forRoot(name, …)`; without it they run on the default one. */
  readonly pool?: string | undefined
}

/**
 * Makes a class of a module of tasks. Its subclass is an ordinary provider, injectable by its type; its methods
 * give calls on the executor of `BridgeModule`. Nothing is loaded before the first call; but where the executor is not
 * `inline`, an instance is made only if there is a file at `url`, so that an application whose bundle left it out does not
 * start.
 *
 * Methods that the subclass adds are found first, so that it can wrap those of the module.
 *
 * @throws InvalidArgumentError when `url` is neither a file URL nor an absolute path, or an option is invalid; the class,
 * when it is made: TaskNotFoundError when there is no such file, InvalidArgumentError when `executor` is none.
 * @example
 * ```ts
 * export class FlightTasks extends defineTasks<typeof import('./flights.tasks.js')>(
 *   new URL('./flights.tasks.js', import.meta.url),
 *   { load: () => import('./flights.tasks.js') }
 * ) {}
 *
 * @Module({ imports: [BridgeModule.forRoot()], providers: [FlightTasks], controllers: [FlightController] })
 * class AppModule {}
 * ```
 */
export function defineTasks<M extends object>(
  url: URL | string,
  options: DefineTasksOptions<M> = {}
): TasksClass<M> {
  if (!(url instanceof URL) && typeof url !== 'string') {
    refuse(
      'defineTasks()',
      "url must be a URL or an absolute path, as in new URL('./tasks.js', import.meta.url)",
      url
    )
  }
  checkOptions('defineTasks()', options ?? null, ['load', 'pool'])
  const { load, pool } = options
  if (load !== undefined) checkFunction('defineTasks()', 'load', load)
  if (pool !== undefined) checkPoolName('defineTasks()', pool)

  let isFound = false

  @Injectable()
  class Tasks {
    // Optional, so that a missing one can be told in words.
    constructor(@Optional() @Inject(getPoolToken(pool)) executor: Executor) {
      if (typeof executor?.import !== 'function') refuseExecutor(new.target.name, pool, executor)
      const loader = loaderFor(executor, url, load)
      // Here, and not in a hook of Nest's, which a subclass may have of its own. The file is found once a class.
      if (!isFound && !isInline(executor)) isFound = checkTaskFile(new.target.name, url)
      const remote =
        loader === undefined ? executor.import<M>(url) : ownInline().import<M>(url, { load: loader })
      // biome-ignore lint/correctness/noConstructorReturn: the instance itself is the target, so that it keeps its class
      return new Proxy(this, new RemoteMethods(remote))
    }
  }
  return Tasks as unknown as TasksClass<M>
}

/**
 * Makes the instance of a class of `defineTasks` whose methods run functions at hand, in place: for unit tests. They need
 * not be all of the module's; one that is missing fails as a call of a task that does not exist. Neither `BridgeModule`
 * nor an executor is needed.
 *
 * @param others what the class's constructor takes after the executor.
 * @throws InvalidArgumentError when `Tasks` is no class or `module` no object.
 * @example
 * ```ts
 * const module = await Test.createTestingModule({ imports: [AppModule] })
 *   .overrideProvider(ImageTasks)
 *   .useValue(inlineTasks(ImageTasks, { resize: () => new Uint8Array() }))
 *   .compile()
 * ```
 */
export function inlineTasks<T extends object, M extends object, Others extends unknown[]>(
  Tasks: (new (executor: Executor, ...others: Others) => T) & { readonly [MODULE]?: M },
  module: Partial<M>,
  ...others: Others
): T {
  checkFunction('inlineTasks()', 'Tasks', Tasks)
  if (typeof module !== 'object' || module === null) {
    refuse('inlineTasks()', 'module must be an object of functions', module)
  }
  return new Tasks(Object.defineProperty(ownInline(), AT_HAND, { value: module }), ...others)
}

function refuseExecutor(where: string, pool: string | undefined, executor: unknown): never {
  if (executor !== undefined) refuse(where, 'executor must be an Executor', executor)
  const call = `BridgeModule.forRoot(${pool === undefined ? '' : `'${pool}', { pool }`})`
  throw new InvalidArgumentError(
    `${where}: there is no executor${pool === undefined ? '' : ` named '${pool}'`} here. Import ${call} in the root module, ` +
      'or, where it has isGlobal: false, in the module that provides the tasks, without forFeature(); outside of Nest, ' +
      `new ${where}(executor)`
  )
}

/** How the module is loaded here, where Node's own import is not meant to load it. */
function loaderFor(
  executor: Executor & { readonly [AT_HAND]?: object },
  url: URL | string,
  load: (() => object | Promise<object>) | undefined
): (() => object | Promise<object>) | undefined {
  const module = executor[AT_HAND]
  if (module !== undefined) return () => module
  return load !== undefined && isInline(executor) ? () => loadInPlace(load, url) : undefined
}

/** An executor loads a module of a URL in one way, and another class or instance may have another. */
function ownInline(): Inline {
  return new (inline.constructor as new () => Inline)()
}

/** By its name, since the CommonJS copy of core may have made it. */
function isInline(executor: Executor): boolean {
  return executor.name === inline.name && executor.place === inline.place
}

/** Finds on the remote module what the instance does not have itself. */
class RemoteMethods implements ProxyHandler<object> {
  readonly #remote: object

  constructor(remote: object) {
    this.#remote = remote
  }

  get(target: object, key: string | symbol, receiver: unknown): unknown {
    if (Reflect.has(target, key)) return Reflect.get(target, key, receiver)
    // The remote module answers `undefined` for `then`, Nest's lifecycle hooks, and every symbol.
    return Reflect.get(this.#remote, key)
  }
}
