import type { PoolOptions } from './options.js'
import { inheritedExecArgv } from './thread/exec-argv.js'
import { ownThread } from './thread/own-worker.js'
import type { StartWorker } from './thread/thread-options.js'

/** The options of an executor with which its threads are started. */
export type StartOptions = Pick<PoolOptions, 'env' | 'resourceLimits' | 'execArgv' | 'argv'>

/** Starts the threads of an executor, with `workerData` as their `workerData`. */
export function starter(options: StartOptions, name: string, workerData: unknown): StartWorker {
  const { env, resourceLimits, argv } = options
  return data =>
    ownThread(
      { ...data, workerData },
      {
        name,
        execArgv: [...(options.execArgv ?? inheritedExecArgv())],
        ...(argv === undefined ? {} : { argv: [...argv] }),
        ...(env === undefined ? {} : { env }),
        ...(resourceLimits === undefined ? {} : { resourceLimits })
      }
    )
}
