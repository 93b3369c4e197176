import type { Executor } from '@bridge/core'
import type { PoolStats } from './stats/pool-stats.js'

/** How `close()` ends what runs or waits. */
export interface CloseOptions {
  /** Whether it is waited for; `true` unless set, and `false` ends it at once. */
  drain?: boolean | undefined
  /**
   * What becomes of calls that wait in the queue: `run` has them run before the threads end, `cancel` fails them at once,
   * and only what runs already is waited for; `run` unless set.
   */
  queued?: 'run' | 'cancel' | undefined
  /** Milliseconds that it is waited for; what is left then is ended. No limit unless set. */
  timeout?: number | undefined
}

/**
 * Threads that run calls: an `Executor` that takes awaited and blocking calls and streams alike. `createPool()` makes one,
 * and `loop` is one.
 *
 * @example
 * ```ts
 * function hashing(pool: Pool) {
 *   return pool.import<typeof import('./tasks.js')>(new URL('./tasks.js', import.meta.url))
 * }
 * ```
 */
export interface Pool extends Executor {
  /**
   * A moment's look at the threads and the queue, and what is remembered of the calls and threads that have ended.
   *
   * @example
   * ```ts
   * const { queued, wait, ended } = pool.stats()
   * console.log(`${queued} wait; they will for some ${wait.p50} ms; out of memory: ${ended.byCause.memory ?? 0}`)
   * ```
   */
  stats(): PoolStats
  /**
   * Starts `minThreads` threads now, instead of with the first call. Resolves when they are up, their `setup` included.
   *
   * @throws ExecutorClosedError after `close()`.
   * @throws WorkerLostError when a thread can't be made or ends before it is up; TaskNotFoundError with the cause when
   * `setup` fails.
   * @example
   * ```ts
   * const pool = createPool({ minThreads: 4, setup: new URL('./setup.js', import.meta.url) })
   * await pool.warmUp()
   * server.listen(3000)
   * ```
   */
  warmUp(): Promise<void>
  /**
   * Replaces all threads that there are now, one after the other, so that calls go on meanwhile: for modules that have
   * changed, or memory that has grown. Each runs its calls to their end, then `teardown` (see `setup`), and the next one
   * follows when the new thread is up. A thread that holds objects or open streams is replaced when these have gone,
   * which is not waited for; one of `pin()` is not replaced.
   *
   * @throws ExecutorClosedError after `close()`; one that comes meanwhile ends it.
   * @throws DeadlockError inside of a callback or a stream that a call here waits for: it would wait for itself.
   * @throws WorkerLostError or TaskNotFoundError when a new thread does not come up, as of `warmUp()`; what has not been
   * replaced by then stays.
   * @example
   * ```ts
   * await build()
   * await pool.recycle() // from now on calls run what was built
   * ```
   */
  recycle(): Promise<void>
  /**
   * A thread of one's own, for what hangs or keeps state: an executor with the same options and one thread, which no
   * other call shares and which is neither idled out nor recycled. Close it when it is done with; closing this
   * executor closes it too.
   *
   * @throws ExecutorClosedError after `close()`.
   * @example
   * ```ts
   * await using own = pool.pin()
   * const { listen } = own.import<typeof import('./serial-port.js')>(new URL('./serial-port.js', import.meta.url))
   * await listen('/dev/ttyUSB0')
   * ```
   */
  pin(): Pool
  /**
   * Refuses new calls, waits for those that run or wait, stops the streams that are still open, whose generators have
   * `killGrace` to clean up, disposes of the objects that are still open, and ends the threads. After `timeout` milliseconds, or at once by `drain: false`, the calls
   * that are left fail with `ExecutorClosedError`; by `queued: 'cancel'` those that wait do, and those that run end.
   * Twice is fine, and the second may hurry the first. `loop`, which is everybody's, takes calls again after it.
   *
   * @throws InvalidArgumentError when an option is invalid.
   * @throws DeadlockError (the promise rejects, and nothing is closed) inside of a callback or a stream that a call here
   * waits for, without a limit: it would wait for itself.
   * @example
   * ```ts
   * process.once('SIGTERM', () => pool.close({ timeout: 10_000 }))
   * ```
   */
  close(options?: CloseOptions): Promise<void>
  /** The same as `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}
