import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { InvalidArgumentError } from '@bridge/core'
import {
  checkFunction,
  checkMilliseconds,
  checkOptions,
  checkText,
  hideFrames,
  moduleUrl,
  refuse,
  waitAtMost
} from '@bridge/core/internal'
import { createPool, type Pool, type PoolOptions } from '@bridge/pool'
import type { Connection, Engine, Taking } from '../engine/engine.js'
import { memory } from '../engine/memory.js'
import { queueAddress, WORKERS } from '../modules/addresses.js'
import { shown } from '../modules/module-name.js'
import { Offers } from '../modules/offers.js'
import { checkRuntime } from '../wire/check-runtime.js'
import { ServedCalls } from './served-calls.js'
import { ServedJobs } from './served-jobs.js'
import type { ServedBy } from './task-of.js'

hideFrames(import.meta.url)

/** Options of `serve()`. */
export interface ServeOptions {
  /** The engine that carries calls; by default `memory()` of this process. */
  engine?: Engine | undefined
  /**
   * The modules that may be called, by file URLs or absolute paths; a folder offers every module in it. Nothing else can be
   * run, whatever a caller names.
   */
  modules: readonly (URL | string)[]
  /** The pool in which tasks run, or the options of a new pool, which `serve()` closes. */
  pool?: Pool | PoolOptions | undefined
  /**
   * The modules that restore the context of calls: names of packages, file URLs or absolute paths. No other module is imported
   * for a caller, and contexts of other carriers are left out. None by default.
   */
  carriers?: readonly (URL | string)[] | undefined
  /** The queue from which calls are taken; by default one for each module. Callers must name it, too. */
  queue?: string | undefined
  /** The modules' version, such as a build's hash, instead of that of their package. */
  version?: string | undefined
  /** Other versions whose callers these modules also serve; callers of further versions are refused. None by default. */
  compatible?: readonly string[] | undefined
  /** How many calls may wait in this worker; by default 100, and 0 on an engine with queues, in which they wait. */
  maxQueue?: number | undefined
  /** Whether folders of this machine are left out of the errors that callers get; `false` by default. */
  hidePaths?: boolean | undefined
}

/** A worker that takes calls. */
export interface Worker {
  /** The address at which callers reach it. */
  readonly address: string
  /** The offered modules, as `module@version`. */
  readonly offers: readonly string[]
  /** How many calls run in its pool, and how many wait for it. */
  stats(): { readonly running: number; readonly queued: number }
  /**
   * Takes no more calls, waits for its calls to end, and closes the connection and the pool that `serve()` has made. After
   * `timeout` milliseconds (10,000 by default) the remaining calls are stopped, and their callers get an error.
   */
  close(options?: { readonly timeout?: number | undefined }): Promise<void>
  /** The same as `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}

const OPTIONS = [
  'engine',
  'modules',
  'pool',
  'carriers',
  'queue',
  'version',
  'compatible',
  'maxQueue',
  'hidePaths'
]

const WHERE = 'serve()'

/**
 * Makes this process a worker: it takes calls of the modules from the engine, runs them in a pool, so that they may block their
 * thread, and sends the results to their callers. Resolves when it takes calls.
 *
 * @throws InvalidArgumentError when an option is invalid, and on Bun, whose node:v8 has no Serializer; the client's error when the
 * server cannot be reached.
 * @example
 * ```ts
 * const worker = await serve({
 *   engine: nats('nats://127.0.0.1:4222'),
 *   modules: [new URL('./tasks.js', import.meta.url)],
 *   carriers: ['@bridge/context']
 * })
 * process.once('SIGTERM', () => worker.close())
 * ```
 */
export async function serve(options: ServeOptions): Promise<Worker> {
  checkRuntime(WHERE)
  check(options)
  const { engine = memory(), modules, version, compatible = [], queue, hidePaths = false } = options
  const offers = new Offers(WHERE, modules, version, compatible)
  const carriers = (options.carriers ?? []).map(carrierUrl)
  let calls: ServedCalls | undefined
  const connection = await engine.connect({
    onFrame: bytes => calls?.onFrame(bytes),
    onStatus: isUp => calls?.onStatus(isUp)
  })
  let own: Pool | undefined
  try {
    own = isPool(options.pool) ? undefined : createPool({ name: 'worker', ...options.pool })
    const pool = own ?? (options.pool as Pool)
    const addresses = new Map<string, string>()
    const by: ServedBy = {
      connection,
      pool,
      offers,
      carriers,
      hidePaths,
      places: pool.stats().places,
      addressOf(module) {
        const name = queue ?? shown(module)
        const known = addresses.get(name) ?? queueAddress(name)
        addresses.set(name, known)
        return known
      }
    }
    calls = new ServedCalls(connection, by)
    const queues = queue === undefined ? offers.all : [queue]
    const jobs = new ServedJobs(by)
    const takings = await take(by, queues, calls, jobs, options.maxQueue)
    return new RunningWorker(connection, offers.all, calls, jobs, takings, own)
  } catch (error) {
    await connection.close()
    await own?.close()
    throw error
  }
}

async function take(
  { connection, places: atOnce }: ServedBy,
  queues: readonly string[],
  calls: ServedCalls,
  jobs: ServedJobs,
  maxQueue: number | undefined
): Promise<Taking[]> {
  const waiting = maxQueue ?? (connection.hasQueue ? 0 : 100)
  // Before any call arrives, so that a caller that looks for workers of the queue finds this worker.
  await Promise.all([WORKERS, ...queues.map(queueAddress)].map(address => connection.listen(address)))
  const takings = [connection.take(queues, atOnce + waiting, taken => calls.take(taken))]
  if (connection.jobs !== undefined) takings.push(connection.jobs.take(queues, atOnce, job => jobs.take(job)))
  return Promise.all(takings)
}

class RunningWorker implements Worker {
  readonly address: string
  readonly offers: readonly string[]
  readonly #connection: Connection
  readonly #calls: ServedCalls
  readonly #jobs: ServedJobs
  readonly #takings: readonly Taking[]
  readonly #pool: Pool | undefined
  #closing: Promise<void> | undefined

  constructor(
    connection: Connection,
    offers: readonly string[],
    calls: ServedCalls,
    jobs: ServedJobs,
    takings: readonly Taking[],
    pool: Pool | undefined
  ) {
    this.address = connection.address
    this.offers = offers
    this.#connection = connection
    this.#calls = calls
    this.#jobs = jobs
    this.#takings = takings
    this.#pool = pool
  }

  stats(): { readonly running: number; readonly queued: number } {
    return this.#calls.load
  }

  close(options: { readonly timeout?: number | undefined } = {}): Promise<void> {
    checkOptions('close()', options ?? null, ['timeout'])
    checkMilliseconds('close()', 'timeout', options.timeout)
    this.#closing ??= this.#close(options.timeout ?? 10_000)
    return this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #close(timeout: number): Promise<void> {
    const stopping = Promise.allSettled(this.#takings.map(taking => taking.stop()))
    await Promise.all([this.#calls.leave(timeout), waitAtMost(this.#jobs.idle(), timeout)])
    await stopping
    await this.#connection.close()
    await this.#pool?.close({ drain: false })
  }
}

function check(options: ServeOptions): void {
  checkOptions(WHERE, options ?? null, OPTIONS)
  const { engine, modules, carriers, compatible, queue, version, maxQueue, hidePaths } = options
  if (engine !== undefined)
    checkFunction(WHERE, 'engine.connect', (engine as Partial<Engine> | null)?.connect)
  if (!Array.isArray(modules)) refuse(WHERE, 'modules must be an array of URLs or absolute paths', modules)
  if (carriers !== undefined && !Array.isArray(carriers)) refuse(WHERE, 'carriers must be an array', carriers)
  if (compatible !== undefined && !Array.isArray(compatible)) {
    refuse(WHERE, 'compatible must be an array of versions', compatible)
  }
  if (queue !== undefined) checkText(WHERE, 'queue', queue)
  if (version !== undefined) checkText(WHERE, 'version', version)
  if (maxQueue !== undefined && !(maxQueue === Infinity || (Number.isInteger(maxQueue) && maxQueue >= 0))) {
    refuse(WHERE, 'maxQueue must be a whole number of at least 0', maxQueue)
  }
  if (typeof (hidePaths ?? false) !== 'boolean') refuse(WHERE, 'hidePaths must be true or false', hidePaths)
}

/** The URL of a carrier, which may be a package name, resolved from the application's folder. */
function carrierUrl(module: URL | string): string {
  if (
    module instanceof URL ||
    module.startsWith('file:') ||
    module.startsWith('/') ||
    /^[a-z]:\\/i.test(module)
  ) {
    return moduleUrl(WHERE, module, 'carriers')
  }
  for (const base of [`${process.cwd()}/`, import.meta.url]) {
    try {
      const from = base.startsWith('file:') ? base : pathToFileURL(base)
      return pathToFileURL(createRequire(from).resolve(module)).href
    } catch {
      // It may be found from the next folder.
    }
  }
  throw new InvalidArgumentError(
    `${WHERE}: carriers names ${module}, which is not installed; install it, or name it by its file`
  )
}

function isPool(pool: unknown): pool is Pool {
  return typeof (pool as Partial<Pool> | undefined)?.start === 'function'
}
