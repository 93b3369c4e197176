import type { CarriedContext } from '../context/carried.js'
import type { CallOptions, ImportOptions, ImportSyncOptions, KeepName, StreamOptions } from '../options.js'
import type { StreamProgress } from '../stream/types.js'
import type { EagerSync, Remote, RemoteSync } from '../types.js'

/**
 * What a task does if it does not call an exported function:
 * - `new` constructs an object of an exported class, which the executor keeps under the id in `receiver`;
 * - `method` calls a method, `get` and `set` read and write a property: of the object that `receiver` refers to or,
 *   without one, of an exported class;
 * - `iterate` streams the object's items, `dispose` disposes of it, `shape` returns the names of its members;
 * - `exports` returns a description of what a module exports.
 *
 * Without a `receiver`, `method`, `get` and `set` may also refer to a member of an exported object, or to an export
 * itself.
 */
export type TaskOperation = 'new' | 'method' | 'get' | 'set' | 'iterate' | 'dispose' | 'shape' | 'exports'

/** What an executor is asked to run: one function, its arguments, and its limits. */
export interface Task {
  /**
   * The function's name, for messages; 'Class.member' for a member, 'new Class' for a constructor.
   */
  readonly name: string
  /**
   * The name of the export that is called, if it is not `name`: the function of a relay, which runs on behalf of
   * `name`, and whose errors show `name`. Only for functions, not for operations.
   */
  readonly exportName?: string | undefined
  /**
   * The classes of the module whose instances stay on the thread, in addition to those that can be disposed: from the
   * options of its import.
   */
  readonly keep?: ImportOptions<KeepName>['keep']
  /** What is done, if not a call of an exported function. */
  readonly operation?: TaskOperation | undefined
  /** URL of the module that exports the function; `undefined` for a function that exists on this thread only. */
  readonly module: string | undefined
  /** The function itself, if it exists on this thread. */
  readonly fn: ((...args: never[]) => unknown) | undefined
  /** `this` of a local function; the `ObjectReference` of the object that the operation refers to. */
  readonly receiver: unknown
  readonly args: readonly unknown[]
  /** When the call must have ended, on the clock of `now()`; `undefined` for no limit. */
  readonly deadline: number | undefined
  /** The `timeout` from which `deadline` was computed, in milliseconds; `undefined` if it is a scope's deadline. */
  readonly timeout: number | undefined
  /** Milliseconds the execution alone may take. */
  readonly runTimeout: number | undefined
  /** Milliseconds that each pull of its stream may wait for an item. */
  readonly itemTimeout?: number | undefined
  /** The options of its stream, if it may stream. For executors that produce items ahead. */
  readonly stream?: StreamOptions | undefined
  /** Of the waiting tasks, the one with the highest priority runs first; 0 unless set. For executors with a queue. */
  readonly priority: number | undefined
  /** Tasks with the same key run on the same thread, as long as it lives. For executors with threads. */
  readonly affinity: string | undefined
  /** What happens to the task if it is stopped on a thread and does not end in time. */
  readonly onTimeout?: CallOptions['onTimeout']
  /** How often it may be sent again; only for executors that support it. */
  readonly retries?: number | undefined
  /** Identifies the call, so that repeated calls run once; only for executors that support it. */
  readonly idempotencyKey?: string | undefined
  /** Any of them aborts the call. */
  readonly signals: readonly AbortSignal[]
  /** Whether a caller holds a Future of it, and may call `cancel`. */
  readonly isCancellable: boolean
  /**
   * Whether the consumer of the call waits for its first item, so that a generator may be stepped immediately. False if
   * its iterator was first returned, thrown into or given a value, or the call was awaited.
   */
  readonly isPulled?: boolean | undefined
  /** A run of this executor that was dequeued, and whose position in the queue this task takes. */
  readonly insteadOf?: Run | undefined
  /** What the carriers captured where the call was made. */
  readonly context: CarriedContext | undefined
  /**
   * Set if the call is traced: an executor with a queue writes the milliseconds spent in it to `waitTime`, an executor
   * with threads the id of the thread that the task is sent to, an executor on other machines the address of the
   * worker.
   */
  readonly trace: { waitTime: number; thread?: number | undefined; worker?: string | undefined } | undefined
}

/** A task that is running or waiting to run. */
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
   * Removes the task from the queue if it has not been sent: it never runs, and the run never settles. `false` if it
   * has been sent. For executors with a queue.
   */
  dequeue?(): boolean
  /**
   * The call is awaited now (its `then` was called). For executors that distinguish a wait that can never end from a
   * call that was only started.
   */
  onAwaited?(): void
}

/** A stream of an executor, stepped by `for await` or, if its thread allows it, by a blocking `for`. */
export interface StreamSource<T = unknown, R = unknown, N = unknown> {
  next(value?: N): Promise<IteratorResult<T, R>>
  return(value?: R): Promise<IteratorResult<T, R>>
  throw(error: unknown): Promise<IteratorResult<T, R>>
  /** The progress of the stream, if it is counted. */
  readonly progress?: StreamProgress | undefined
  /** The blocking methods; absent if blocking is impossible. */
  readonly blocking?: {
    next(value?: N): IteratorResult<T, R>
    return(value?: R): IteratorResult<T, R>
    throw(error: unknown): IteratorResult<T, R>
  }
}

/**
 * Where calls run. An executor imports modules and runs their exports. Authors implement `start`, `runSync` and `close`
 * on top of `AbstractExecutor`, which provides `import` and `importSync`; `@bridge/core/testing` is the list of cases
 * that every executor must pass.
 *
 * An executor checks the limits of a task itself (`watchLimits` does the work), because only the executor can stop what
 * runs.
 */
export interface Executor {
  /** For messages and inspection. */
  readonly name: string
  /** Whether `runSync` and `Run.waitSync` work for asynchronous functions too. */
  readonly canBlock: boolean
  /** Whether tasks run on the thread that calls. */
  readonly place: 'here' | 'elsewhere'
  /** Those of the rarely supported `CallOptions` that it supports; other executors refuse them. */
  readonly honours?: readonly ('retries' | 'idempotencyKey')[]
  /** Whether it keeps objects, and so runs tasks that have an `operation`. */
  readonly keepsObjects?: boolean
  /**
   * Runs `start`, which starts several tasks, and chooses which one runs first only after it has returned: all of them
   * are queued by then. For executors with a queue.
   */
  hold?<R>(start: () => R): R
  /** Starts a task without blocking. It never throws: a failure rejects the promise. */
  start(task: Task): Run
  /** Runs a task and blocks until it has settled; a generator's task returns its `StreamSource`. */
  runSync(task: Task): unknown
  /**
   * The exports of the module at `url`; each returns calls, which have these options. Nothing is loaded before the
   * first call.
   *
   * @throws InvalidArgumentError when `url` is neither a file URL nor an absolute path, or an option is invalid.
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
   * The same for a module that is named once: the arrow function is read, not called; `from` is the file that contains
   * it.
   *
   * @throws InvalidArgumentError when the arrow function names no file, as in a bundle that includes the module.
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
   * The exports of the module at `url` with their own values: constants are values, names can be listed, replaced and
   * spied on. It blocks until the module is loaded.
   *
   * @throws InvalidArgumentError when `url` is neither a file URL nor an absolute path, or an option is invalid;
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
   * The exports of the module at `url` as plain blocking functions, which need no knowledge of calls; their calls have
   * these options. Each has an asynchronous form `async`, which returns the call.
   *
   * @throws InvalidArgumentError when `url` is neither a file URL nor an absolute path, or an option is invalid.
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
   * The same as with `url` and `eager`, for a module that is named once, as in `import`.
   *
   * @throws InvalidArgumentError when the arrow function names no file; TaskNotFoundError when the module can't be
   * loaded.
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
   * The same for a module that is named once, as in `import`.
   *
   * @throws InvalidArgumentError when the arrow function names no file.
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
  /** Refuses new calls, waits for those in flight, and frees the executor's resources. It may be called twice. */
  close(): Promise<void>
}
