import { availableParallelism } from 'node:os'
import type { ResourceLimits } from 'node:worker_threads'
import { checkCount, checkMilliseconds, checkOptions, refuse } from '@bridge/core'

/** What `createPool` can be told. */
export interface PoolOptions {
  /** Names the pool in messages; 'pool' unless set. */
  name?: string | undefined
  /** How many threads the first call starts; 1 unless set. */
  minThreads?: number | undefined
  /** The most threads; the number of processors unless set. */
  maxThreads?: number | undefined
  /** How many calls a thread runs at once; 1 unless set, more only helps functions that await. */
  concurrencyPerThread?: number | undefined
  /** The most calls that may wait for a thread; no limit unless set. */
  maxQueue?: number | undefined
  /** Milliseconds between asking a task to stop and ending its thread; 100 unless set. */
  killGrace?: number | undefined
  /** The threads' heap and stack limits, as Node's `Worker` takes them. */
  resourceLimits?: ResourceLimits | undefined
  /** The threads' environment; a copy of the process's unless set. */
  env?: NodeJS.ProcessEnv | undefined
  /** The threads' Node flags; those of the process that a thread can take unless set. */
  execArgv?: readonly string[] | undefined
}

const KNOWN = [
  'name',
  'minThreads',
  'maxThreads',
  'concurrencyPerThread',
  'maxQueue',
  'killGrace',
  'resourceLimits',
  'env',
  'execArgv'
] as const

/** The options with everything filled in, or an `InvalidArgumentError` that shows the bad one. */
export function checkedOptions(options: PoolOptions) {
  checkOptions('createPool()', options ?? null, KNOWN)
  if (options.name !== undefined && typeof options.name !== 'string') {
    refuse('createPool()', 'name must be a string', options.name)
  }
  checkCount('createPool()', 'minThreads', options.minThreads, 0)
  checkCount('createPool()', 'maxThreads', options.maxThreads, 1)
  checkCount('createPool()', 'concurrencyPerThread', options.concurrencyPerThread, 1)
  checkCount('createPool()', 'maxQueue', options.maxQueue, 0)
  checkMilliseconds('createPool()', 'killGrace', options.killGrace)
  const maxThreads = options.maxThreads ?? Math.max(availableParallelism(), options.minThreads ?? 1)
  const minThreads = options.minThreads ?? 1
  if (minThreads > maxThreads) {
    refuse('createPool()', `minThreads must not exceed maxThreads (${maxThreads})`, minThreads)
  }
  if (options.execArgv !== undefined && !Array.isArray(options.execArgv)) {
    refuse('createPool()', 'execArgv must be an array of strings', options.execArgv)
  }
  return {
    name: options.name ?? 'pool',
    minThreads,
    maxThreads,
    concurrencyPerThread: options.concurrencyPerThread ?? 1,
    maxQueue: options.maxQueue ?? Infinity,
    killGrace: options.killGrace ?? 100
  }
}
