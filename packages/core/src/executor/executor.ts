import type { CarriedContext } from '../context/carried.js'
import type { CallOptions, ImportOptions, ImportSyncOptions, KeepName, StreamOptions } from '../options.js'
import type { StreamProgress } from '../stream/types.js'
import type { EagerSync, Remote, RemoteSync } from '../types.js'

/**
 * What a task does where it does not call an exported function:
 * - `new` makes an object of an exported class, which the executor keeps as its `receiver`'s;
 * - `method` calls a method, `get` and `set` read and write a property: of the object that `receiver` refers to or,
 *   where there is none, of an exported class;
 * - `iterate` streams the object's items, `dispose` ends its life, `shape` tells what members it has;
 * - `exports` tells what a module exports.
 *
 * Without a `receiver`, `method`, `get` and `set` may also be about a member of an exported object, or an export itself.
 */
export type TaskOperation = 'new' | 'method' | 'get' | 'set' | 'iterate' | 'dispose' | 'shape' | 'exports'

/** What an executor is asked to run: one function, its arguments, and what bounds it. */
export interface Task {
  /**
   * The function's name, for messages; of a member it is 'Class.member', of a constructor 'new Class'.
   */
  readonly name: string
  /**
   * Which classes of the module have their instances stay where they are, beside those that can be disposed: what its
   * import was told.
   */
  readonly keep?: ImportOptions<KeepName>['keep']
  /** What is done, where it is not an exported function that is called. */
  readonly operation?: TaskOperation | undefined
  /** URL of the module that exports the function; `undefined` for a function that exists on this thread only. */
  readonly module: string | undefined
  /** The function itself, where it exists on this thread. */
  readonly fn: ((...args: never[]) => unknown) | undefined
  /** `this` of a local function; the `ObjectReference` of the object that the operation is about. */
  readonly receiver: unknown
  readonly args: readonly unknown[]
  /** When the call must have ended, on the clock of `now()`; `undefined` for no limit. */
  readonly deadline: number | undefined
  /** The `timeout` that made `deadline`, in milliseconds; `undefined` where a scope's deadline did. */
  readonly timeout: number | undefined
  /** Milliseconds the execution alone may take. */
  readonly runTimeout: number | undefined
  /** Milliseconds that each pull of its stream may wait for an item. */
  readonly itemTimeout?: number | undefined
  /** What its stream was told, where it may stream. For executors that make items ahead. */
  readonly stream?: StreamOptions | undefined
  /** Of the tasks that wait, the one with the highest goes first; 0 unless set. For executors that have a queue. */
  readonly priority: number | undefined
  /** Tasks with the same key go to the same thread, while it lives. For executors that have threads. */
  readonly affinity: string | undefined
  /** What becomes of the task where it is stopped on a thread and does not end in its time. */
  readonly onTimeout?: CallOptions['onTimeout']
  /** Any of them aborts the call. */
  readonly signals: readonly AbortSignal[]
  /** Whether somebody holds a Future of it, and may call `cancel`. */
  readonly isCancellable: boolean
  /**
   * Whether whoever iterates the call waits for its first item, so that a generator may be stepped as soon as it is
   * there. False where its iterator was returned, thrown into or given a value first, or the call was awaited.
   */
  readonly isPulled?: boolean | undefined
  /** A run of this executor's that was withdrawn, and whose place in the queue this task takes. */
  readonly insteadOf?: Run | undefined
  /** What the carriers captured where the call was made. */
  readonly context: CarriedContext | undefined
  /**
   * Where the call is traced: an executor with a queue writes the milliseconds in it to `waitTime`, one with threads the id of
   * that which the task is sent to.
   */
  readonly trace: { waitTime: number; thread?: number | undefined } | undefined
}

/** A task under way. */
export interface Run {
  /** Settles with the result; a generator's task resolves to its `StreamSource`. */
  readonly promise: Promise<unknown>
  /**
   * Blocks until the task has settled, then returns or throws its outcome. After `timeout` milliseconds it
   * throws `CallTimeoutError`, and the task runs on. Throws `CannotBlockError` where blocking is impossible.
   */
  waitSync(timeout?: number): unknown
  /** Asks the task to stop; the promise then rejects with `reason`. */
  cancel(reason: unknown): void
  /**
   * Takes the task out of the queue, where it has not been sent to be run: it never runs, and the run never settles.
   * `false` where it has. For executors that have a queue.
   */
  withdraw?(): boolean
  /**
   * Code awaits it now, which `then` is called for. For executors that tell a wait which can't end from a call that is
   * only started.
   */
  onAwaited?(): void
}

/** A stream of an executor's, stepped by `for await` or, where its thread allows it, by a blocking `for`. */
export interface StreamSource<T = unknown, R = unknown, N = unknown> {
  next(value?: N): Promise<IteratorResult<T, R>>
  return(value?: R): Promise<IteratorResult<T, R>>
  throw(error: unknown): Promise<IteratorResult<T, R>>
  /** How far it has come, where somebody counts. */
  readonly progress?: StreamProgress | undefined
  /** The blocking side; absent where blocking is impossible. */
  readonly blocking?: {
    next(value?: N): IteratorResult<T, R>
    return(value?: R): IteratorResult<T, R>
    throw(error: unknown): IteratorResult<T, R>
  }
}

/**
 * Where calls run. An executor imports modules and runs what they export. Authors implement `start`, `runSync`
 * and `close` on top of `AbstractExecutor`, which gives `import` and `importSync`; `@bridge/core/testing` is the
 * list of cases that every executor must pass.
 *
 * An executor checks the limits of a task itself (`watchLimits` does the work), because only it can stop what
 * runs.
 */
export interface Executor {
  /** For messages and inspection. */
  readonly name: string
  /** Whether `runSync` and `Run.waitSync` work for asynchronous functions too. */
  readonly canBlock: boolean
  /** Whether tasks run on the thread that calls. */
  readonly place: 'here' | 'elsewhere'
  /** Whether it keeps objects, and so runs tasks that have an `operation`. */
  readonly keepsObjects?: boolean
  /**
   * Runs `start`, which starts several tasks, and chooses what runs first only when it has returned: all of them take
   * their places in the queue before. For executors that have a queue.
   */
  hold?<R>(start: () => R): R
  /** Starts a task without blocking. It never throws: what goes wrong rejects the promise. */
  start(task: Task): Run
  /** Runs a task and blocks until it has settled; a generator's task returns its `StreamSource`. */
  runSync(task: Task): unknown
  /**
   * The exports of the module at `url`, each giving calls, which have these options. Nothing is loaded before the first
   * call.
   *
   * @throws InvalidArgumentError when `url` is neither a file URL nor an absolute path, or an option can't be.
   * @example
   * ```ts
   * const tasks = pool.import<typeof import('./tasks.js')>(new URL('./tasks.js', import.meta.url))
   * await tasks.hash('x', 10)
   * ```
   */
  import<M extends object, Keep extends KeepName = never>(
    url: URL | string,
    options?: ImportOptions<Keep>
  ): Remote<M, Keep>
  /**
   * The same of a module that is named once: the arrow says what it is, and is read, not called; `from` is the file that
   * it stands in.
   *
   * @throws InvalidArgumentError when the arrow names no file, as in a bundle that has taken the module in.
   * @example
   * ```ts
   * const tasks = pool.import(() => import('./tasks.js'), import.meta.url)
   * await tasks.hash('x', 10)
   * ```
   */
  import<M extends object, Keep extends KeepName = never>(
    module: () => Promise<M>,
    from: URL | string,
    options?: ImportOptions<Keep>
  ): Remote<M, Keep>
  /**
   * The exports of the module at `url` as they are where it lives: constants are values, names can be listed, replaced and
   * spied on. It blocks until the module is loaded.
   *
   * @throws InvalidArgumentError when `url` is neither a file URL nor an absolute path, or an option can't be;
   * TaskNotFoundError when the module can't be loaded.
   * @example
   * ```ts
   * const tasks = loop.importSync<typeof import('./tasks.js')>(new URL('./tasks.js', import.meta.url), { eager: true })
   * Object.keys(tasks)
   * ```
   */
  importSync<M extends object, Keep extends KeepName = never>(
    url: URL | string,
    options: ImportSyncOptions<Keep> & { eager: true }
  ): EagerSync<M, Keep>
  /**
   * The exports of the module at `url` as plain blocking functions, which know nothing of calls; their calls have these
   * options. Each has its other face as `async`, which gives the call.
   *
   * @throws InvalidArgumentError when `url` is neither a file URL nor an absolute path, or an option can't be.
   * @example
   * ```ts
   * const { fetchUser } = loop.importSync<typeof import('./tasks.js')>(new URL('./tasks.js', import.meta.url))
   * fetchUser(1).name
   * ```
   */
  importSync<M extends object, Keep extends KeepName = never>(
    url: URL | string,
    options?: ImportSyncOptions<Keep>
  ): RemoteSync<M, Keep>
  /**
   * The same as of `url` and `eager`, of a module that is named once, as in `import`.
   *
   * @throws InvalidArgumentError when the arrow names no file; TaskNotFoundError when the module can't be loaded.
   * @example
   * ```ts
   * const { VERSION } = loop.importSync(() => import('./tasks.js'), import.meta.url, { eager: true })
   * ```
   */
  importSync<M extends object, Keep extends KeepName = never>(
    module: () => Promise<M>,
    from: URL | string,
    options: ImportSyncOptions<Keep> & { eager: true }
  ): EagerSync<M, Keep>
  /**
   * The same of a module that is named once, as in `import`.
   *
   * @throws InvalidArgumentError when the arrow names no file.
   * @example
   * ```ts
   * const { fetchUser } = loop.importSync(() => import('./tasks.js'), import.meta.url)
   * ```
   */
  importSync<M extends object, Keep extends KeepName = never>(
    module: () => Promise<M>,
    from: URL | string,
    options?: ImportSyncOptions<Keep>
  ): RemoteSync<M, Keep>
  /** Refuses new calls, waits for those under way, and frees what the executor holds. Twice is fine. */
  close(): Promise<void>
}
