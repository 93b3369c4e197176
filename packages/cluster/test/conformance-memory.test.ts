import { join } from 'node:path'
import { type Cluster, createCluster, memory, serve, type Worker } from '@bridge/cluster'
import { conformanceCases } from '@bridge/core/testing'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { ScratchPackage, testingFolder } from './workers.js'

describe('the conformance suite over memory(), whose worker is in the same process', () => {
  const scratch = new ScratchPackage()
  const engine = memory()
  const { TMPDIR } = process.env
  let worker: Worker
  let cluster: Cluster

  beforeAll(async () => {
    // The cases write modules into the folder for temporary files, which the worker offers.
    process.env.TMPDIR = scratch.folder
    worker = await serve({
      engine,
      queue: 'conformance',
      modules: [scratch.folder, testingFolder],
      carriers: [join(testingFolder, 'index.js')],
      pool: { maxThreads: 2 }
    })
    cluster = createCluster({ engine, queue: 'conformance' })
  })

  afterAll(async () => {
    if (TMPDIR === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = TMPDIR
    await cluster.close()
    await worker.close()
    scratch[Symbol.dispose]()
  })

  for (const { name, run } of conformanceCases({ canBlock: false, place: 'elsewhere' })) {
    it(name, () => run(cluster))
  }
})
