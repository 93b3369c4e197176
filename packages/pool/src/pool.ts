import type { Executor } from '@bridge/core'
import type { PoolStats } from './stats/pool-stats.js'

/** How `close()` ends running and waiting calls. */
export interface CloseOptions {
  /** Whether they are waited for; `true` unless set; `false` ends them immediately. */
  drain?: boolean | undefined
  /**
   * What happens to calls that wait in the queue: `run` runs them before the threads end, `cancel` fails them
   * immediately, and only running calls are waited for; `run` unless set.
   */
  queued?: 'run' | 'cancel' | undefined
  /** Milliseconds that they are waited for; the calls that are left then are ended. No limit unless set. */
  timeout?: number | undefined
}

/**
 * Threads that run calls: an `Executor` for awaited calls, blocking calls and streams. `createPool()` makes one, and
 * `loop` is one.
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
   * A snapshot of the threads and the queue, and statistics of the calls and threads that have ended.
   *
   * @example
   * ```ts
   * const { queued, wait, ended } = pool.stats()
   * console.log(`${queued} wait; they will for some ${wait.p50} ms; out of memory: ${ended.byCause.memory ?? 0}`)
   * ```
   */
  stats(): PoolStats
  /**
   * Starts `minThreads` threads now, instead of with the first call. Resolves when they have started, their `setup`
   * included.
   *
   * @throws ExecutorClosedError after `close()`.
   * @throws WorkerLostError when a thread can't be started or ends before it has started; TaskNotFoundError with the
   * cause when `setup` fails.
   * @example
   * ```ts
   * const pool = createPool({ minThreads: 4, setup: new URL('./setup.js', import.meta.url) })
   * await pool.warmUp()
   * server.listen(3000)
   * ```
   */
  warmUp(): Promise<void>
  /**
   * Replaces all current threads, one after the other, while calls continue: for modules that have changed, or memory
   * that has grown. Each thread finishes its calls, then runs `teardown` (see `setup`), and the next one follows when
   * the new thread has started. A thread that holds objects or open streams is replaced when these are gone, which is
   * not waited for; a thread of `pin()` is not replaced.
   *
   * @throws ExecutorClosedError after `close()`, or when `close()` is called meanwhile.
   * @throws DeadlockError inside a callback or a stream that a call here waits for: it would wait for itself.
   * @throws WorkerLostError or TaskNotFoundError when a new thread does not start, as for `warmUp()`; threads that have
   * not been replaced by then stay.
   * @example
   * ```ts
   * await build()
   * await pool.recycle() // from now on calls run what was built
   * ```
   */
  recycle(): Promise<void>
  /**
   * A separate thread for code that may hang or keeps state: an executor with the same options and one thread, which no
   * other call shares and which is neither idled out nor recycled. Close it when it is no longer needed; closing this
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
   * Refuses new calls, waits for those that run or wait, stops the open streams, whose generators have `killGrace` to
   * clean up, disposes of the open objects, and ends the threads. After `timeout` milliseconds, or immediately with
   * `drain: false`, the remaining calls fail with `ExecutorClosedError`; with `queued: 'cancel'` the waiting calls
   * fail, and the running ones end. It may be called twice, and the second call may shorten the first. `loop`, which is
   * shared, takes calls again after it.
   *
   * @throws InvalidArgumentError when an option is invalid.
   * @throws DeadlockError (the promise rejects, and nothing is closed) inside a callback or a stream that a call here
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
