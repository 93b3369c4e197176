import { inspect } from 'node:util'
import { CallTimeoutError, CannotBlockError, type ImportOptions, InvalidArgumentError } from '@bridge/core'
import {
  AbstractExecutor,
  boundedRun,
  type Executor,
  limitReached,
  type Run,
  RunningTasks,
  type Task
} from '@bridge/core/executor'
import { moduleUrl, waitAtMost } from '@bridge/core/internal'
import type { Cluster, ClusterQueue, JobResultOptions } from '../cluster.js'
import type { Engine } from '../engine/engine.js'
import { queueAddress } from '../modules/addresses.js'
import { isByName, type ModuleName, nameOfModule, shown } from '../modules/module-name.js'
import { Caller } from './caller.js'
import { withEnqueue } from './enqueueing.js'
import { importOf } from './import-of.js'
import { checkJobResult, Jobs } from './jobs.js'
import type { StreamOpener } from './opened-stream.js'
import type { SentCall } from './sent-call.js'

/** The maximum number of milliseconds that a cancelled call waits for the confirmation that it does not run. */
const CONFIRMED_WITHIN = 1000

/** The checked options of a cluster. */
export interface ClusterSetup {
  readonly name: string
  readonly engine: Engine
  readonly queue: string | undefined
  readonly version: string | undefined
}

/** Calls that go to other processes over an engine. */
export class ClusterExecutor extends AbstractExecutor implements Cluster {
  readonly name: string
  readonly canBlock = false
  readonly place = 'elsewhere'
  readonly honours: readonly ('retries' | 'idempotencyKey')[]
  readonly #setup: ClusterSetup
  readonly #caller: Caller
  readonly #kept: Jobs
  readonly #running = new RunningTasks(this)
  readonly #names = new Map<string, ModuleName>()
  /** The executor of `enqueue` calls. */
  readonly jobs: Executor
  #closing: Promise<void> | undefined

  constructor(setup: ClusterSetup) {
    super()
    const { name, engine, queue } = setup
    this.#setup = setup
    this.name = name
    this.honours = ['retries', ...engine.honours]
    this.#caller = new Caller(engine, name, queue)
    this.#kept = new Jobs(this.#caller, engine.name, queue)
    this.jobs = new JobsExecutor(this, task => this.#kept.add(task, this.#moduleOf(task), attemptsOf(task)))
  }

  /** Sends a call, and resolves to its outcome: for a stream, the result of `open`. */
  send(
    task: Task,
    open: StreamOpener
  ): { readonly promise: Promise<unknown>; cancel(reason: unknown): void } {
    const call = this.#caller.send(task, this.#moduleOf(task), open)
    return { promise: call.promise, cancel: reason => this.#caller.cancel(call, reason) }
  }

  start(task: Task): Run {
    return this.#running.add(task, () => {
      if (task.idempotencyKey !== undefined) return this.#startOnce(task)
      let call: SentCall | undefined
      const run = boundedRun(
        // It limits only the execution, which the worker does.
        { ...task, runTimeout: undefined },
        () => {
          call = this.#caller.send(task, this.#moduleOf(task))
          return call.promise
        },
        reason => {
          if (call !== undefined) this.#caller.cancel(call, reason)
        }
      )
      return { ...run, promise: confirmed(task, run.promise, () => call) }
    })
  }

  runSync(task: Task): never {
    throw new CannotBlockError(
      `${task.name}(): ${this.name} cannot block this thread; await the call, or create the cluster with blocking: true`
    )
  }

  override import(...args: unknown[]): never {
    const { url, options, given } = importOf('import()', args)
    this.#named('import()', url)
    const { keep: _, ...rest } = (options ?? {}) as ImportOptions<string>
    return withEnqueue(super.import<object>(...given), this.jobs, url, rest) as never
  }

  async jobResult<T = unknown>(id: string, options: JobResultOptions = {}): Promise<T> {
    checkJobResult(id, options)
    this.#refuseJobs('jobResult()')
    return (await this.#kept.result(id, 'jobResult()', options.timeout, options.signal)) as T
  }

  async stats(url: URL | string): Promise<ClusterQueue> {
    const module = this.#named('stats()', isByName(url) ? url : moduleUrl('stats()', url))
    const queue = this.#setup.queue ?? shown(module)
    const connection = await this.#caller.connect()
    const [counts, loads] = await Promise.all([
      connection.counts(queue),
      this.#caller.loads(queueAddress(queue))
    ])
    const workers = loads.map(({ worker, offers, running, queued }) => ({
      address: worker,
      offers,
      running,
      queued
    }))
    return { counts, workers }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  [inspect.custom](): string {
    return `Executor ${this.name} (${this.#setup.engine.name})`
  }

  async #close(): Promise<void> {
    await this.#running.close()
    await this.#caller.close()
  }

  /** One of the calls with the same key runs, and all get its outcome. */
  #startOnce(task: Task): Run {
    const stop = new AbortController()
    const once = async (): Promise<unknown> => {
      // An error of the task is not a reason to run it again.
      const id = await this.#kept.add(task, this.#moduleOf(task), 1)
      return this.#kept.result(id, `${task.name}()`, undefined, stop.signal)
    }
    return boundedRun({ ...task, runTimeout: undefined }, once, reason => stop.abort(reason))
  }

  #moduleOf(task: Task): ModuleName {
    if (task.module === undefined) {
      throw new InvalidArgumentError(
        `${task.name}() exists only on this thread, and ${this.name} cannot import it; put it into a module`
      )
    }
    return this.#named(`${task.name}()`, task.module)
  }

  #named(where: string, url: string): ModuleName {
    let name = this.#names.get(url)
    if (name === undefined) {
      name = nameOfModule(where, url, this.#setup.version)
      this.#names.set(url, name)
    }
    return name
  }

  #refuseJobs(where: string): void {
    const { engine } = this.#setup
    if (engine.honours.includes('idempotencyKey')) return
    throw new InvalidArgumentError(
      `${where}: ${engine.name} keeps no jobs; use an engine that does, such as bullmq(), or call the function`
    )
  }
}

/**
 * The outcome of a call, after the confirmation that a cancelled call does not run any more: when the caller continues, no
 * earlier call of it runs in parallel.
 */
async function confirmed(
  task: Task,
  outcome: Promise<unknown>,
  callOf: () => SentCall | undefined
): Promise<unknown> {
  try {
    return await outcome
  } catch (error) {
    const call = callOf()
    // The worker may have detected first that the time is over, and does not know by which limit.
    const isWorkers =
      error instanceof CallTimeoutError && error.timeout === undefined && call?.cancelled === undefined
    if (isWorkers) throw limitReached(task)?.reason ?? error
    if (call?.cancelled !== undefined && !call.isSettled) {
      await waitAtMost(Promise.allSettled([call.promise]), CONFIRMED_WITHIN)
    }
    throw error
  }
}

/** How often a job may be started, if its call sets it. */
function attemptsOf({ retries }: Task): number | undefined {
  return retries === undefined ? undefined : retries + 1
}

/** The executor of `enqueue` calls: each resolves to the id of a job. */
class JobsExecutor extends AbstractExecutor {
  readonly name: string
  readonly canBlock = false
  readonly place = 'elsewhere'
  readonly honours: readonly ('retries' | 'idempotencyKey')[]
  readonly #add: (task: Task) => Promise<string>
  readonly #running = new RunningTasks(this)

  constructor(cluster: ClusterExecutor, add: (task: Task) => Promise<string>) {
    super()
    this.name = `${cluster.name} (jobs)`
    this.honours = cluster.honours
    this.#add = add
  }

  start(task: Task): Run {
    return this.#running.add(task, () =>
      boundedRun(
        { ...task, runTimeout: undefined },
        () => this.#add(task),
        () => {}
      )
    )
  }

  runSync(task: Task): never {
    throw new CannotBlockError(
      `${task.name}.enqueue(): ${this.name} cannot block this thread; await the call`
    )
  }

  close(): Promise<void> {
    return this.#running.close()
  }
}
