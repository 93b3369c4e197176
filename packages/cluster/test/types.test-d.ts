// Compiled by `typecheck`, never run: code that must not compile is marked.
import { type Cluster, type ClusterRemote, createCluster, type Engine, memory, serve } from '@bridge/cluster'
import { bullmq } from '@bridge/cluster/bullmq'
import { nats } from '@bridge/cluster/nats'
import type { Call, Executor, StreamCall } from '@bridge/core'

interface Module {
  hash(text: string, rounds?: number): string
  rows(count: number): Generator<{ id: number }, void, unknown>
  VERSION: string
}

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
function is<A, B>(_same: Same<A, B>): void {}

export async function aClustersModuleGivesCallsAndJobs(tasks: ClusterRemote<Module>) {
  is<ReturnType<typeof tasks.hash>, Call<string>>(true)
  is<ReturnType<typeof tasks.rows>, StreamCall<{ id: number }, void, unknown>>(true)
  is<ReturnType<typeof tasks.hash.enqueue>, Call<string>>(true)
  for await (const row of tasks.rows(5)) row.id.toFixed()
  const id: string = await tasks.hash.enqueue('x', 10).with({ retries: 2, idempotencyKey: 'x' })
  // @ts-expect-error: a job has the function's own arguments
  tasks.hash.enqueue(5)
  // @ts-expect-error: a constant is not a function
  tasks.VERSION()
  return id
}

export function aClusterIsAnExecutor(cluster: Cluster): Executor {
  cluster.import<Module>(new URL('file:///app/tasks.js')).hash('x')
  cluster.import<Module>('bridge:app@1.0.0/tasks.js', { retries: 1 }).hash('x')
  return cluster
}

export async function enginesAreGivenToBothSides() {
  const engines: Engine[] = [
    memory(),
    nats('nats://127.0.0.1'),
    nats({ servers: ['nats://a', 'nats://b'], tls: {} }),
    bullmq({ connection: { host: 'a', tls: {} }, jobs: { attempts: 3, removeOnComplete: { age: 60 } } })
  ]
  const [engine] = engines
  const worker = await serve({ engine, modules: [], pool: { maxThreads: 2 } })
  const result: number = await createCluster({ engine, blocking: true }).jobResult<number>('id', {
    timeout: 5
  })
  // @ts-expect-error: the modules have to be named
  await serve({ engine })
  return { worker, result }
}
