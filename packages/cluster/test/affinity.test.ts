import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createCluster, serve } from '@bridge/cluster'
import { bullmq } from '@bridge/cluster/bullmq'
import { nats } from '@bridge/cluster/nats'
import { InvalidArgumentError } from '@bridge/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from './cluster-bench.js'
import { describeWith, startServer, type TestServer } from './servers.js'
import { ScratchPackage, startWorker, type WorkerProcess } from './workers.js'

interface Tasks {
  where(): Promise<string>
}

const WHERE = `
  import { threadId } from 'node:worker_threads'
  export const where = () => process.pid + ' ' + threadId`

describeWith('nats-server', 'affinity over NATS', () => {
  const scratch = new ScratchPackage()
  const tasks = scratch.module('tasks.js', WHERE)
  let server: TestServer
  let workers: WorkerProcess[]

  beforeAll(async () => {
    server = await startServer('nats-server')
    workers = await Promise.all([1, 2, 3].map(() => startWorker(server.url, ['--threads', '2', tasks])))
  })
  afterAll(async () => {
    await Promise.all(workers.map(worker => worker.kill()))
    await server[Symbol.asyncDispose]()
    scratch[Symbol.dispose]()
  })

  test('calls with one key run on one thread of one worker, and keys spread over the workers', async () => {
    await using cluster = createCluster({ engine: nats(server.url) })
    const { where } = cluster.import<Tasks>(tasks)
    const keys = Array.from({ length: 24 }, (_, n) => `tenant-${n}`)
    const homes = await Promise.all(
      keys.map(affinity => Promise.all([1, 2, 3].map(() => where().with({ affinity }))))
    )
    for (const seen of homes) expect(new Set(seen).size).toBe(1)
    expect(new Set(homes.map(([first]) => first?.split(' ')[0])).size).toBe(3)
  })

  test('a key whose worker is being stopped moves to another worker', async () => {
    const folder = new ScratchPackage()
    const file = join(folder.folder, 'gate')
    const module = folder.module(
      'gated.js',
      `import { existsSync } from 'node:fs'
       import { setTimeout as delay } from 'node:timers/promises'
       export async function hold(gate) { while (!existsSync(gate)) await delay(5) }
       export const name = () => process.pid`
    )
    const engine = nats(server.url)
    const options = { engine, modules: [module], pool: { maxThreads: 2 } }
    const both = [await serve(options), await serve(options)]
    await using cluster = createCluster({ engine })
    const { hold, name } = cluster.import<{ hold(gate: string): Promise<void>; name(): number }>(module)
    const keys = Array.from({ length: 12 }, (_, n) => `key-${n}`)
    await Promise.all(keys.map(affinity => name().with({ affinity })))
    const held = hold(file).start()
    const busy = await until('the worker that has it', () =>
      both.find(worker => worker.stats().running === 1)
    )
    const closed = busy.close()
    for (const affinity of keys) expect(await name().with({ affinity })).toBe(process.pid)
    writeFileSync(file, '')
    await held
    await closed
    await Promise.all(both.map(worker => worker.close()))
    folder[Symbol.dispose]()
  })

  test('a key whose worker is gone moves to another worker, and other keys stay', async () => {
    await using cluster = createCluster({ engine: nats(server.url) })
    const { where } = cluster.import<Tasks>(tasks)
    const keys = Array.from({ length: 12 }, (_, n) => `key-${n}`)
    const pidOf = async (affinity: string) => Number((await where().with({ affinity })).split(' ')[0])
    const before = await Promise.all(keys.map(pidOf))
    const gone = workers.find(worker => worker.pid === before[0]) as WorkerProcess
    await gone.kill()
    const after = await Promise.all(keys.map(pidOf))
    expect(after).not.toContain(gone.pid)
    before.forEach((pid, n) => {
      if (pid !== gone.pid) expect(after[n]).toBe(pid)
    })
  })
})

describeWith('redis-server', 'affinity over BullMQ', () => {
  test('is refused, because a call goes to any free worker', async () => {
    await using server = await startServer('redis-server')
    using scratch = new ScratchPackage()
    await using cluster = createCluster({ engine: bullmq(server.url) })
    const { where } = cluster.import<Tasks>(scratch.module('tasks.js', WHERE))
    const error: unknown = await where()
      .with({ affinity: 'x' })
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(InvalidArgumentError)
    expect((error as Error).message).toContain('cannot honour affinity')
  })
})
