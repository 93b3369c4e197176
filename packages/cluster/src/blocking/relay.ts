import { currentTask } from '@bridge/core'
import type { Task } from '@bridge/core/executor'
import { ClusterExecutor } from '../caller/cluster-executor.js'
import type { Engine, EngineRecipe } from '../engine/engine.js'
import { relayStream } from './relayed-stream.js'

/** What a thread needs to be the caller of another thread's cluster. */
export interface RelaySetup {
  readonly name: string
  readonly queue: string | undefined
  readonly version: string | undefined
  readonly recipe: EngineRecipe
}

/** The parts of a task that cross to the thread. */
export type RelayedTask = Pick<
  Task,
  | 'name'
  | 'module'
  | 'args'
  | 'runTimeout'
  | 'stream'
  | 'priority'
  | 'affinity'
  | 'onTimeout'
  | 'retries'
  | 'idempotencyKey'
  | 'isPulled'
  | 'context'
>

/** The operations of the cluster. */
export type Asked = 'call' | 'enqueue' | 'jobResult' | 'stats'

const clusters = new Map<string, Promise<ClusterExecutor>>()

/** Runs an operation of another thread's cluster on this thread, which has the connection; the other thread may be blocked. */
export async function relay(setup: RelaySetup, asked: Asked, given: unknown): Promise<unknown> {
  const cluster = await clusterOf(setup)
  if (asked === 'stats') return cluster.stats(given as string)
  if (asked === 'jobResult') return cluster.jobResult(given as string, { signal: currentTask()?.signal })
  const task = taskOf(given as RelayedTask)
  if (asked === 'enqueue') return cluster.jobs.start(task).promise
  if (task.idempotencyKey !== undefined) return cluster.start(task).promise
  const sent = cluster.send(task, relayStream)
  const signal = currentTask()?.signal
  const cancel = (): void => sent.cancel(signal?.reason)
  signal?.addEventListener('abort', cancel)
  try {
    return await sent.promise
  } finally {
    signal?.removeEventListener('abort', cancel)
  }
}

/** Closes the connections of this thread. */
export async function teardown(): Promise<void> {
  const open = await Promise.allSettled(clusters.values())
  await Promise.all(open.map(made => (made.status === 'fulfilled' ? made.value.close() : undefined)))
}

function clusterOf(setup: RelaySetup): Promise<ClusterExecutor> {
  const key = JSON.stringify(setup)
  let cluster = clusters.get(key)
  if (cluster === undefined) {
    cluster = make(setup)
    clusters.set(key, cluster)
    cluster.catch(() => clusters.delete(key))
  }
  return cluster
}

async function make({ name, queue, version, recipe }: RelaySetup): Promise<ClusterExecutor> {
  const module = (await import(recipe.module)) as Record<string, (options: unknown) => Engine>
  const factory = module[recipe.factory] as (options: unknown) => Engine
  return new ClusterExecutor({ name, engine: factory(recipe.options), queue, version })
}

function taskOf(given: RelayedTask): Task {
  const signal = currentTask()?.signal
  return {
    ...given,
    fn: undefined,
    receiver: undefined,
    deadline: currentTask()?.deadline,
    timeout: undefined,
    signals: signal === undefined ? [] : [signal],
    isCancellable: true,
    trace: undefined
  }
}
