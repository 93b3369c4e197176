import { type Executor, type Inline, InvalidArgumentError, inline, type Remote } from '@bridge/core'
import { checkFunction, checkOptions, hideFrames, refuse } from '@bridge/core/internal'
import { Inject, Injectable, Optional } from '@nestjs/common'
import { checkPoolName, getPoolToken } from '../module/tokens.js'
import { loadInPlace } from './load-in-place.js'
import { checkTaskFile } from './task-file.js'

hideFrames(import.meta.url)

declare const MODULE: unique symbol

/** Key of the given module on the executor that `inlineTasks` passes to a class, which the other copy of this package may have made. */
const GIVEN_MODULE: unique symbol = Symbol.for('@bridge/nest/given-module')

/** The class that `defineTasks` makes: its instances have the module's functions as methods that return calls. */
export interface TasksClass<M extends object> {
  new (executor: Executor): Remote<M>
  /** Only for types: the module. */
  readonly [MODULE]?: M
}

/** Options of `defineTasks`. */
export interface DefineTasksOptions<M extends object> {
  /**
   * Imports the module if the executor is `inline`, instead of Node's own import: the loader of the calling code, such as a
   * test runner, loads the module, too, so that its transforms, mocks and coverage apply. Not called for other executors.
   */
  readonly load?: (() => M | Promise<M>) | undefined
  /** The name of the pool that the tasks run on, as in `BridgeModule.forRoot(name, …)`; the default pool without it. */
  readonly pool?: string | undefined
}

/**
 * Makes a class of a task module. Its subclass is an ordinary provider, injectable by its type; its methods return calls
 * on the executor of `BridgeModule`. Nothing is loaded before the first call; but unless the executor is `inline`,
 * constructing an instance fails if there is no file at `url`, so that an application whose bundle left it out does not start.
 *
 * Methods of the subclass take precedence, so that it can wrap those of the module.
 *
 * @throws InvalidArgumentError when `url` is neither a file URL nor an absolute path, or an option is invalid. The class's
 * constructor throws TaskNotFoundError when there is no such file, InvalidArgumentError when `executor` is not an executor.
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
    // Optional, so that a missing executor can be explained by a message.
    constructor(@Optional() @Inject(getPoolToken(pool)) executor: Executor) {
      if (typeof executor?.import !== 'function') refuseExecutor(new.target.name, pool, executor)
      const loader = loaderFor(executor, url, load)
      // Here, and not in a lifecycle hook, which a subclass may define itself. Checked once for each class.
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
 * Makes an instance of a class of `defineTasks` whose methods run given functions in place: for unit tests. They need not
 * be all functions of the module; a call of a missing function fails as for a task that does not exist. Neither
 * `BridgeModule` nor an executor is needed.
 *
 * @param others the arguments of the class's constructor after the executor.
 * @throws InvalidArgumentError when `Tasks` is not a class or `module` not an object.
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
  return new Tasks(Object.defineProperty(ownInline(), GIVEN_MODULE, { value: module }), ...others)
}

function refuseExecutor(where: string, pool: string | undefined, executor: unknown): never {
  if (executor !== undefined) refuse(where, 'executor must be an Executor', executor)
  const call = `BridgeModule.forRoot(${pool === undefined ? '' : `'${pool}', { pool }`})`
  throw new InvalidArgumentError(
    `${where}: there is no executor${pool === undefined ? '' : ` named '${pool}'`} here. Import ${call} in the root module, ` +
      'or, if it has isGlobal: false, in the module that provides the tasks, without forFeature(); outside of Nest, use ' +
      `new ${where}(executor)`
  )
}

/** How the module is loaded in place, if not by Node's own import. */
function loaderFor(
  executor: Executor & { readonly [GIVEN_MODULE]?: object },
  url: URL | string,
  load: (() => object | Promise<object>) | undefined
): (() => object | Promise<object>) | undefined {
  const module = executor[GIVEN_MODULE]
  if (module !== undefined) return () => module
  return load !== undefined && isInline(executor) ? () => loadInPlace(load, url) : undefined
}

/** An executor loads a URL only once; another class or instance may load it in another way, so each has its own. */
function ownInline(): Inline {
  return new (inline.constructor as new () => Inline)()
}

/** Compared by name, because the CommonJS copy of core may have made it. */
function isInline(executor: Executor): boolean {
  return executor.name === inline.name && executor.place === inline.place
}

/** Looks up on the remote module what the instance does not have itself. */
class RemoteMethods implements ProxyHandler<object> {
  readonly #remote: object

  constructor(remote: object) {
    this.#remote = remote
  }

  get(target: object, key: string | symbol, receiver: unknown): unknown {
    if (Reflect.has(target, key)) return Reflect.get(target, key, receiver)
    // The remote module returns `undefined` for `then`, Nest's lifecycle hooks, and every symbol.
    return Reflect.get(this.#remote, key)
  }
}
