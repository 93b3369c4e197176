import { hideFrames } from '@bridge/core/internal'
import { checkedOptions, type PoolOptions } from './options.js'
import type { Pool } from './pool.js'
import { ThreadExecutor } from './thread-executor.js'
import { starter } from './thread-starter.js'

hideFrames(import.meta.url)

/**
 * Makes a pool of worker threads. No thread starts before the first call that needs one, idle threads do not keep the
 * process alive, and the thread of a task that does not stop when it is cancelled is terminated and replaced.
 *
 * @throws InvalidArgumentError when an option is invalid.
 * @example
 * ```ts
 * const pool = createPool({ maxThreads: 4 })
 * const tasks = pool.import<typeof import('./tasks.js')>(new URL('./tasks.js', import.meta.url))
 * await tasks.hash('x', 10).with({ timeout: 500 })
 * await pool.close()
 * ```
 */
export function createPool(options: PoolOptions = {}): Pool {
  const { workerData, ...checked } = checkedOptions(options)
  return new ThreadExecutor({
    ...checked,
    reopens: false,
    start: starter(options, checked.name, workerData)
  })
}
