import { Worker } from 'node:worker_threads'
import { hideFrames } from '@bridge/core/internal'
import { checkedOptions, type PoolOptions } from './options.js'
import type { Pool } from './pool.js'
import { inheritedExecArgv } from './thread/exec-argv.js'
import { ownFile } from './thread/own-file.js'
import type { StartWorker } from './thread/thread-options.js'
import { ThreadExecutor } from './thread-executor.js'

hideFrames(import.meta.url)

/**
 * Makes a pool of worker threads. No thread starts before the first call that needs one, idle threads keep no
 * process alive, and a task that does not stop when it is told to loses its thread, which is replaced.
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
  const checked = checkedOptions(options)
  return new ThreadExecutor({ ...checked, reopens: false, start: starter(options, checked.name) })
}

function starter(options: PoolOptions, name: string): StartWorker {
  const { env, resourceLimits } = options
  return data => {
    // One that ends without a word is watched by this one.
    ownFile('watcher.cjs')
    return new Worker(ownFile('thread.cjs'), {
      name,
      workerData: data,
      transferList: [data.port, data.life],
      execArgv: [...(options.execArgv ?? inheritedExecArgv())],
      ...(env === undefined ? {} : { env }),
      ...(resourceLimits === undefined ? {} : { resourceLimits })
    })
  }
}
