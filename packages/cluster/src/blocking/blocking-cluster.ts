import { extname } from 'node:path'
import { inspect } from 'node:util'
import type { ImportOptions } from '@bridge/core'
import {
  AbstractExecutor,
  type Executor,
  type Run,
  refuseUncloneable,
  startMadeCalls,
  type Task
} from '@bridge/core/executor'
import { moduleUrl } from '@bridge/core/internal'
import { createLoop, type Pool } from '@bridge/pool'
import type { ClusterSetup } from '../caller/cluster-executor.js'
import { withEnqueue } from '../caller/enqueueing.js'
import { importOf } from '../caller/import-of.js'
import { checkJobResult } from '../caller/jobs.js'
import type { Cluster, ClusterQueue, JobResultOptions } from '../cluster.js'
import type { EngineRecipe } from '../engine/engine.js'
import { isByName, nameOfModule } from '../modules/module-name.js'
import { referring } from '../wire/payload.js'
import { consume, isRelayed } from './consumed-stream.js'
import type { Asked, RelayedTask, RelaySetup } from './relay.js'
import { RelayedRun } from './relayed-run.js'

/** The module of this package that the loop's thread imports, in the same build (ESM or CommonJS) as this file. */
const relayModule = new URL(`./blocking-side${extname(import.meta.url)}`, import.meta.url).href

/** A cluster whose connection lives on a loop's thread, so that the calling thread may block until a result has arrived. */
export class BlockingCluster extends AbstractExecutor implements Cluster {
  readonly name: string
  readonly canBlock = true
  readonly place = 'elsewhere'
  readonly honours: readonly ('retries' | 'idempotencyKey')[]
  readonly #setup: ClusterSetup
  readonly #relay: RelaySetup
  readonly #loop: Pool
  readonly #jobs: Executor

  constructor(setup: ClusterSetup, recipe: EngineRecipe) {
    super()
    const { name, engine, queue, version } = setup
    this.#setup = setup
    this.name = name
    this.honours = ['retries', ...engine.honours]
    this.#relay = { name, queue, version, recipe }
    this.#loop = createLoop({ name, setup: relayModule, killGrace: 2000 })
    this.#jobs = new BlockingJobs(
      this,
      task => this.#loop.start(this.#relayed(task, 'enqueue')),
      task => this.#loop.runSync(this.#relayed(task, 'enqueue'))
    )
  }

  start(task: Task): Run {
    return new RelayedRun(task, this.#loop.start(this.#relayed(task, 'call')))
  }

  runSync(task: Task): unknown {
    const outcome = this.#loop.runSync(this.#relayed(task, 'call'))
    return isRelayed(outcome) ? consume(task, outcome).source : outcome
  }

  override import(...args: unknown[]): never {
    const { url, options, given } = importOf('import()', args)
    nameOfModule('import()', url, this.#setup.version)
    const { keep: _, ...rest } = (options ?? {}) as ImportOptions<string>
    return withEnqueue(super.import<object>(...given), this.#jobs, url, rest) as never
  }

  override importSync(...args: unknown[]): never {
    const { url, given } = importOf('importSync()', args)
    nameOfModule('importSync()', url, this.#setup.version)
    return super.importSync<object>(...given) as never
  }

  async jobResult<T = unknown>(id: string, options: JobResultOptions = {}): Promise<T> {
    checkJobResult(id, options)
    const ask = this.#ask('jobResult', id)
    return (await ask.with(options)) as T
  }

  async stats(url: URL | string): Promise<ClusterQueue> {
    return (await this.#ask('stats', isByName(url) ? url : moduleUrl('stats()', url))) as ClusterQueue
  }

  close(): Promise<void> {
    startMadeCalls(this)
    return this.#loop.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  [inspect.custom](): string {
    return `Executor ${this.name} (${this.#setup.engine.name}, blocking)`
  }

  /** The task that the loop runs for a task of the cluster. */
  #relayed(task: Task, asked: Asked): Task {
    const { name, module, args, runTimeout, stream, priority, affinity, onTimeout } = task
    const { retries, idempotencyKey, isPulled, context } = task
    refuseUncloneable(name, context)
    // Checked here, where the paths in the arguments are known; the loop's thread would treat them as a thread's arguments.
    referring(`${name}()`, 'args', args)
    const given: RelayedTask = {
      name,
      module,
      args,
      runTimeout,
      stream: streamOf(stream),
      priority,
      affinity,
      onTimeout,
      retries,
      idempotencyKey,
      isPulled,
      context
    }
    // These limits apply where the task runs; the cluster on the loop's thread gets the other options.
    const rest = { runTimeout: undefined, affinity: undefined, context: undefined, module: relayModule }
    return { ...task, ...rest, exportName: 'relay', args: [this.#relay, asked, given] }
  }

  #ask(asked: Asked, given: unknown) {
    const { relay } = this.#loop.import<typeof import('./relay.js')>(relayModule)
    return relay(this.#relay, asked, given)
  }
}

function streamOf(stream: Task['stream']): Task['stream'] {
  if (stream === undefined) return undefined
  const { highWaterMark, twoWay, closeTimeout } = stream
  return { highWaterMark, twoWay, closeTimeout }
}

/** The executor of `enqueue` calls. */
class BlockingJobs extends AbstractExecutor {
  readonly name: string
  readonly canBlock = true
  readonly place = 'elsewhere'
  readonly honours: readonly ('retries' | 'idempotencyKey')[]
  readonly #start: (task: Task) => Run
  readonly #runSync: (task: Task) => unknown

  constructor(cluster: BlockingCluster, start: (task: Task) => Run, runSync: (task: Task) => unknown) {
    super()
    this.name = `${cluster.name} (jobs)`
    this.honours = cluster.honours
    this.#start = start
    this.#runSync = runSync
  }

  start(task: Task): Run {
    return this.#start(task)
  }

  runSync(task: Task): unknown {
    return this.#runSync(task)
  }

  async close(): Promise<void> {}
}
