import type { Cluster } from '@bridge/cluster'
import type { Library } from '../harness/work.js'
import { workerUrl } from '../libraries/url.js'
import type { Streamer } from '../rows/stream-contestants.js'
import type * as streams from '../workers/streams.js'
import type * as tasks from '../workers/tasks.js'
import { Bed, type EngineName } from './servers.js'

/** A cluster with its own workers. */
interface Running {
  readonly cluster: Cluster
  close(): Promise<void>
}

/** Starts workers for a module, and their caller. */
export async function runCluster(
  engine: EngineName,
  workers: number,
  threads: number,
  module: string
): Promise<Running> {
  const [{ createCluster }, { nats }, { bullmq }] = await Promise.all([
    import('@bridge/cluster'),
    import('@bridge/cluster/nats'),
    import('@bridge/cluster/bullmq')
  ])
  const bed = await Bed.open(engine)
  await bed.startWorkers(workers, threads, 'bench', module)
  const cluster = createCluster({ engine: { nats, bullmq }[engine](bed.url), queue: 'bench' })
  return {
    cluster,
    async close() {
      await cluster.close()
      await bed.close()
    }
  }
}

/** A call of bridge, through one worker with one thread. */
export function ourLibrary(engine: EngineName): Library<Promise<unknown>> {
  return {
    name: `bridge cluster on ${engine}`,
    role: 'ours',
    async open(task) {
      const { cluster, close } = await runCluster(engine, 1, 1, 'tasks')
      const remote = cluster.import<typeof tasks>(workerUrl('tasks')) as unknown as Record<
        string,
        (input: unknown) => Promise<unknown>
      >
      return { call: input => (remote[task] as (input: unknown) => Promise<unknown>)(input), close }
    }
  }
}

/** Rows of bridge, from a generator in a worker's thread. */
export function ourStreamer(engine: EngineName): Streamer {
  let running: Running | undefined
  return {
    name: `bridge cluster on ${engine}`,
    role: 'ours',
    async setup() {
      running = await runCluster(engine, 1, 1, 'streams')
    },
    open: (from, count) =>
      running?.cluster.import<typeof streams>(workerUrl('streams')).objects(from, count) ?? [],
    teardown: () => running?.close()
  }
}
