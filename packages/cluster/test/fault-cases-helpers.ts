import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Cluster, createCluster, type Engine, serve } from '@bridge/cluster'
import type { Executor } from '@bridge/core'
import { faultCases } from '@bridge/core/testing'
import { it } from 'vitest'
import { testingFolder } from './workers.js'

/** The second tier of the conformance suite over an engine, each case with a worker of one thread. */
export function faultCasesOver(engine: () => Engine): void {
  const subject = {
    make: () => makeCluster(engine()),
    // A task may end its thread, which the worker replaces.
    hasOwnWorker: true,
    hasQueue: true,
    countQueued: async (executor: Executor) => {
      const { counts, workers } = await (executor as Cluster).stats(
        pathToFileURL(join(testingFolder, 'tasks.js'))
      )
      return workers.reduce((sum, { queued }) => sum + queued, counts?.queued ?? 0)
    }
  }
  for (const { name, run } of faultCases(subject)) it(name, run)
}

/** A cluster with its own worker, which its `close()` also closes. */
async function makeCluster(engine: Engine): Promise<Cluster> {
  const queue = randomUUID()
  // As many as the cases make at once, for an engine whose calls wait in the worker.
  const maxQueue = engine.name === 'nats' ? 1000 : undefined
  const worker = await serve({ engine, modules: [testingFolder], queue, maxQueue, pool: { maxThreads: 1 } })
  const cluster = createCluster({ engine, queue })
  const close = cluster.close.bind(cluster)
  cluster.close = async () => {
    await close()
    await worker.close({ timeout: 2000 })
  }
  return cluster
}
