import type { Call, CallOptions, Executor, ImportOptions, Remote } from '@bridge/core'
import type { Engine, QueueCounts } from './engine/engine.js'

/** Options of `createCluster()`. */
export interface ClusterOptions {
  /** The engine that carries calls; by default `memory()` of this process. */
  engine?: Engine | undefined
  /** The cluster's name in messages; 'cluster' by default. */
  name?: string | undefined
  /** The queue of all calls; by default one for each module. Workers must name it, too. */
  queue?: string | undefined
  /** The modules' version, such as a build's hash, instead of that of their package. */
  version?: string | undefined
  /**
   * Whether calls can also block this thread: the connection then lives on a separate thread. Not possible with `memory()`,
   * whose workers are on this thread.
   */
  blocking?: boolean | undefined
}

/** A function on other machines, to be called or enqueued. */
export type Enqueueable<A extends readonly unknown[]> = {
  /**
   * Adds the call as a job, which outlives this process, and resolves to the job's id. Once started, it runs at least once;
   * the engine's options say how often at most, and how long its result is kept. Only on an engine that keeps jobs.
   */
  enqueue(...args: A): Call<string>
}

/** The exports of a module on other machines. */
export type ClusterRemote<M extends object, Keep extends string | true = never> = {
  [K in keyof Remote<M, Keep>]: K extends keyof M
    ? M[K] extends (...args: infer A) => unknown
      ? Remote<M, Keep>[K] & Enqueueable<A>
      : Remote<M, Keep>[K]
    : Remote<M, Keep>[K]
}

/** A worker's report of its load. */
export interface WorkerLoad {
  readonly address: string
  /** The modules that it offers, as `module@version`. */
  readonly offers: readonly string[]
  /** How many calls run in its pool, and how many wait for it. */
  readonly running: number
  readonly queued: number
}

/** A queue's numbers, for autoscaling. */
export interface ClusterQueue {
  /** The numbers of the engine's queue; `undefined` on an engine whose calls wait in the workers. */
  readonly counts: QueueCounts | undefined
  readonly workers: readonly WorkerLoad[]
}

/** How long to wait for a result. */
export type JobResultOptions = Pick<CallOptions, 'timeout' | 'signal'>

/** Calls on other machines: an `Executor`. `createCluster()` makes one. */
export interface Cluster extends Executor {
  /**
   * The exports of the module at `url`, whose calls run on a worker that offers the module. The module is not loaded in this
   * process; without a file of it, name it by 'bridge:package@version/path'.
   *
   * @throws InvalidArgumentError when `url` does not name a module of a package.
   * @example
   * ```ts
   * const tasks = cluster.import<typeof import('./tasks.js')>(new URL('./tasks.js', import.meta.url))
   * await tasks.hash('x', 10).with({ timeout: 500, retries: 1 })
   * ```
   */
  import<M extends object, Keep extends string | true = never>(
    url: URL | string,
    options?: ImportOptions<Keep>
  ): ClusterRemote<M, Keep>
  import<M extends object, Keep extends string | true = never>(
    module: () => Promise<M>,
    from: URL | string,
    options?: ImportOptions<Keep>
  ): ClusterRemote<M, Keep>
  /**
   * The result of a job that `enqueue` has added; waits for it while the job waits or runs.
   *
   * @throws the error of the job's last attempt; CallTimeoutError after `timeout` milliseconds; TaskNotFoundError when there is
   * no such job, or it is no longer kept; InvalidArgumentError on an engine that keeps no jobs.
   * @example
   * ```ts
   * const id = await tasks.report.enqueue(2026)
   * const report = await cluster.jobResult<Report>(id, { timeout: 60_000 })
   * ```
   */
  jobResult<T = unknown>(id: string, options?: JobResultOptions): Promise<T>
  /**
   * How many calls wait and run for the module at `url`, and on which workers.
   *
   * @example
   * ```ts
   * const { counts, workers } = await cluster.stats(new URL('./tasks.js', import.meta.url))
   * if ((counts?.oldest ?? 0) > 5_000) scaleTo(workers.length + 1)
   * ```
   */
  stats(url: URL | string): Promise<ClusterQueue>
  /** Refuses new calls, waits for those in flight, and closes the connection. May be called twice. */
  close(): Promise<void>
  /** The same as `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}
