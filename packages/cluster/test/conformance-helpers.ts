import { join } from 'node:path'
import { type Cluster, createCluster, type Engine } from '@bridge/cluster'
import { conformanceCases } from '@bridge/core/testing'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { describeWith, type Program, startServer, type TestServer } from './servers.js'
import { ScratchPackage, startWorker, testingFolder, type WorkerProcess } from './workers.js'

/** The conformance suite over an engine, with separate worker processes. */
export function conformanceOver(
  program: Program,
  makeEngine: (url: string) => Engine,
  ways: readonly { workers: number; blocking: boolean }[]
): void {
  for (const { workers: count, blocking } of ways) {
    const title = `the conformance suite over ${program}, ${count} workers${blocking ? ', blocking' : ''}`
    describeWith(program, title, () => {
      const scratch = new ScratchPackage()
      let server: TestServer
      let workers: WorkerProcess[]
      let cluster: Cluster
      const { TMPDIR } = process.env

      beforeAll(async () => {
        // The cases write modules into the folder for temporary files, which the workers offer.
        process.env.TMPDIR = scratch.folder
        server = await startServer(program)
        const carrier = join(testingFolder, 'index.js')
        const args = [
          '--queue',
          'conformance',
          '--threads',
          '2',
          '--carriers',
          carrier,
          scratch.folder,
          testingFolder
        ]
        workers = await Promise.all(Array.from({ length: count }, () => startWorker(server.url, args)))
        cluster = createCluster({ engine: makeEngine(server.url), queue: 'conformance', blocking })
      })

      afterAll(async () => {
        if (TMPDIR === undefined) delete process.env.TMPDIR
        else process.env.TMPDIR = TMPDIR
        await cluster.close()
        await Promise.all(workers.map(worker => worker.kill()))
        await server[Symbol.asyncDispose]()
        scratch[Symbol.dispose]()
      })

      describe('passes', () => {
        for (const { name, run } of conformanceCases({ canBlock: blocking, place: 'elsewhere' })) {
          it(name, () => run(cluster))
        }
      })
    })
  }
}
