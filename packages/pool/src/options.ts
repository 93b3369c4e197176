import { availableParallelism } from 'node:os'
import type { ResourceLimits } from 'node:worker_threads'
import { cloned } from '@bridge/core/executor'
import { checkCount, checkMilliseconds, checkOptions, moduleUrl, refuse } from '@bridge/core/internal'
import { Output } from './thread/output.js'
import type { RecycleAfter } from './thread/recycle-after.js'

/** Options of `createPool`. */
export interface PoolOptions {
  /** Names the pool in messages, and its threads in debuggers and profiles; 'pool' unless set. */
  name?: string | undefined
  /** How many threads the first call or `warmUp()` starts; they stay from then on; 1 unless set. */
  minThreads?: number | undefined
  /** The most threads; the number of processors unless set. */
  maxThreads?: number | undefined
  /** How many calls a thread runs at the same time; 1 unless set; more only helps functions that await. */
  concurrencyPerThread?: number | undefined
  /** The most calls that may wait for a thread; no limit unless set. */
  maxQueue?: number | undefined
  /** Milliseconds between cancelling a task and terminating its thread; 100 unless set. */
  killGrace?: number | undefined
  /**
   * What happens to a task that is stopped and does not end within `killGrace`: `kill` terminates its thread, with
   * everything else that runs there; `abandon` lets the task continue, and discards its late answer. Unless set, the
   * thread is terminated if the task has it to itself or keeps it busy, and the task is abandoned if it merely waits
   * beside others.
   */
  onTimeout?: 'abandon' | 'kill' | undefined
  /** How many abandoned tasks a thread may have before it is replaced, when its other calls are done; 16 unless set. */
  maxAbandoned?: number | undefined
  /**
   * Milliseconds after which a thread is terminated whose event loop does not turn, if a task there was stopped or
   * abandoned and it is not known which task blocks it; 1,000 unless set.
   */
  stuckGrace?: number | undefined
  /**
   * Milliseconds that the start of a thread with its `setup`, or the import of a module of tasks there, may take before
   * the thread is terminated; 30,000 unless set, `Infinity` for no limit. A call whose own limit is reached in the
   * meantime ends for its caller alone: the import continues, and the next call finds it done.
   */
  importTimeout?: number | undefined
  /**
   * Milliseconds after which an idle thread beyond `minThreads` is ended; never unless set. A thread with an open
   * stream is not idle.
   */
  idleTimeout?: number | undefined
  /** When a thread is replaced, as soon as it has no calls and streams: against leaks in the code that it runs. */
  recycleAfter?: RecycleAfter | undefined
  /**
   * The module that each thread imports before it runs its first call, such as one that starts logging: a file URL or
   * an absolute path. When it fails, calls are rejected with the cause. Its `teardown()`, if it exports one, is awaited
   * for at most `killGrace` when a thread is closed, recycled or idled out.
   */
  setup?: URL | string | undefined
  /** The threads' heap and stack limits, as Node's `Worker` takes them. */
  resourceLimits?: ResourceLimits | undefined
  /** The threads' environment; a copy of the process's unless set. */
  env?: NodeJS.ProcessEnv | undefined
  /** The threads' Node flags; those of the process that a thread can take unless set. */
  execArgv?: readonly string[] | undefined
  /** `process.argv` of a thread from the third element on; empty unless set. */
  argv?: readonly unknown[] | undefined
  /**
   * `workerData` of `node:worker_threads` in the threads, for `setup` and the modules of tasks: a structured clone that
   * is made now.
   */
  workerData?: unknown
  /**
   * Where the threads' output to stdout is written, such as `process.stderr` in a server that talks over stdout: its
   * `write` is called in order with the calls. Unless set, output goes directly to stdout, or through
   * `process.stdout.write` if that was replaced before a thread's start or a call.
   */
  stdout?: Pick<NodeJS.WritableStream, 'write'> | undefined
  /** The same for stderr. */
  stderr?: Pick<NodeJS.WritableStream, 'write'> | undefined
}

/** How many abandoned tasks a thread may have unless `maxAbandoned` is set. */
export const MAX_ABANDONED = 16

/** How long, in milliseconds, an event loop may be blocked unless `stuckGrace` is set. */
export const STUCK_GRACE = 1000

/** How long, in milliseconds, an import may take unless `importTimeout` is set. */
export const IMPORT_TIMEOUT = 30_000

const KNOWN = [
  'name',
  'minThreads',
  'maxThreads',
  'concurrencyPerThread',
  'maxQueue',
  'killGrace',
  'onTimeout',
  'maxAbandoned',
  'stuckGrace',
  'importTimeout',
  'idleTimeout',
  'recycleAfter',
  'setup',
  'resourceLimits',
  'env',
  'execArgv',
  'argv',
  'workerData',
  'stdout',
  'stderr'
] as const

/** The options with all defaults, or an `InvalidArgumentError` that shows the invalid value. */
export function checkedOptions(
  options: PoolOptions,
  where = 'createPool()',
  known: readonly (keyof PoolOptions)[] = KNOWN
) {
  checkOptions(where, options ?? null, known)
  if (options.name !== undefined && typeof options.name !== 'string') {
    refuse(where, 'name must be a string', options.name)
  }
  checkCount(where, 'minThreads', options.minThreads, 0)
  checkCount(where, 'maxThreads', options.maxThreads, 1)
  checkCount(where, 'concurrencyPerThread', options.concurrencyPerThread, 1)
  checkCount(where, 'maxQueue', options.maxQueue, 0)
  checkMilliseconds(where, 'killGrace', options.killGrace)
  if (![undefined, 'abandon', 'kill'].includes(options.onTimeout)) {
    refuse(where, "onTimeout must be 'abandon' or 'kill'", options.onTimeout)
  }
  checkCount(where, 'maxAbandoned', options.maxAbandoned, 0)
  checkMilliseconds(where, 'stuckGrace', options.stuckGrace)
  checkMilliseconds(where, 'importTimeout', options.importTimeout)
  checkMilliseconds(where, 'idleTimeout', options.idleTimeout)
  checkOptions(`${where}: recycleAfter`, options.recycleAfter, ['calls', 'heap'])
  checkCount(where, 'recycleAfter.calls', options.recycleAfter?.calls, 1)
  checkCount(where, 'recycleAfter.heap', options.recycleAfter?.heap, 1)
  const setup = options.setup === undefined ? undefined : moduleUrl(where, options.setup, 'setup')
  const maxThreads = options.maxThreads ?? Math.max(availableParallelism(), options.minThreads ?? 1)
  const minThreads = options.minThreads ?? 1
  if (minThreads > maxThreads) {
    refuse(where, `minThreads must not exceed maxThreads (${maxThreads})`, minThreads)
  }
  if (options.execArgv !== undefined && !Array.isArray(options.execArgv)) {
    refuse(where, 'execArgv must be an array of strings', options.execArgv)
  }
  if (options.argv !== undefined && !Array.isArray(options.argv)) {
    refuse(where, 'argv must be an array', options.argv)
  }
  for (const name of ['stdout', 'stderr'] as const) {
    const stream = options[name]
    if (stream !== undefined && typeof Object(stream).write !== 'function') {
      refuse(where, `${name} must be a stream to write to`, stream)
    }
  }
  return {
    name: options.name ?? 'pool',
    minThreads,
    maxThreads,
    concurrencyPerThread: options.concurrencyPerThread ?? 1,
    maxQueue: options.maxQueue ?? Infinity,
    killGrace: options.killGrace ?? 100,
    onTimeout: options.onTimeout,
    maxAbandoned: options.maxAbandoned ?? MAX_ABANDONED,
    stuckGrace: options.stuckGrace ?? STUCK_GRACE,
    isShared: false,
    importTimeout: options.importTimeout ?? IMPORT_TIMEOUT,
    idleTimeout: options.idleTimeout ?? Infinity,
    recycleAfter: options.recycleAfter,
    setup,
    output: new Output(options.stdout, options.stderr),
    workerData: cloned(where, 'workerData', options.workerData)
  }
}
