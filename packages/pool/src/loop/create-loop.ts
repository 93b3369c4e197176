import { hideFrames } from '@bridge/core/internal'
import { checkedOptions, type PoolOptions } from '../options.js'
import type { Pool } from '../pool.js'
import { ThreadExecutor } from '../thread-executor.js'
import { starter } from '../thread-starter.js'
import { ONE_THREAD } from './one-thread.js'

hideFrames(import.meta.url)

const KNOWN = [
  'name',
  'killGrace',
  'onTimeout',
  'maxAbandoned',
  'stuckGrace',
  'importTimeout',
  'setup',
  'resourceLimits',
  'env',
  'execArgv',
  'argv',
  'workerData',
  'stdout',
  'stderr'
] as const satisfies readonly (keyof LoopOptions)[]

/** Options of `createLoop`: those of a pool that apply to one thread. */
export interface LoopOptions
  extends Pick<
    PoolOptions,
    | 'name'
    | 'killGrace'
    | 'onTimeout'
    | 'maxAbandoned'
    | 'stuckGrace'
    | 'importTimeout'
    | 'setup'
    | 'resourceLimits'
    | 'env'
    | 'execArgv'
    | 'argv'
    | 'workerData'
    | 'stdout'
    | 'stderr'
  > {}

/**
 * Makes a separate loop: like `loop`, one event-loop thread whose state is kept between calls, with options for how it
 * is prepared and what its modules find there. It starts with the first call, does not keep the process alive, starts
 * again after a loss, and ends with `close()`.
 *
 * @throws InvalidArgumentError when an option is invalid; NotCloneableError when `workerData` can't be cloned.
 * @example
 * ```ts
 * const own = createLoop({ setup: new URL('./setup.js', import.meta.url), env: { ...process.env, TZ: 'UTC' } })
 * const { format } = own.importSync<typeof import('./format.js')>(new URL('./format.js', import.meta.url))
 * console.log(format(new Date()))
 * await own.close()
 * ```
 */
export function createLoop(options: LoopOptions = {}): Pool {
  const { workerData, ...checked } = checkedOptions(options, 'createLoop()', KNOWN)
  const name = options.name ?? 'loop'
  return new ThreadExecutor({
    ...checked,
    ...ONE_THREAD,
    name,
    reopens: false,
    start: starter(options, name, workerData)
  })
}
