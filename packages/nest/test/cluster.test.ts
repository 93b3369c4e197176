import { randomUUID } from 'node:crypto'
import { createCluster, type Engine, memory, serve } from '@bridge/cluster'
import { bullmq } from '@bridge/cluster/bullmq'
import { nats } from '@bridge/cluster/nats'
import { BullModule, getQueueToken } from '@nestjs/bullmq'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { Test } from '@nestjs/testing'
import type { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeWith, startServer, type TestServer } from '../../cluster/test/servers.js'
import { httpSuite } from './support/http-suite.js'
import { streamSuite } from './support/stream-suite.js'

const tasks = new URL('./fixtures/work.tasks.mjs', import.meta.url)
const adapter = () => new FastifyAdapter({ forceCloseConnections: true })

/** The same suites as on a pool, each with its own worker, whose single thread is in another process. */
function suitesOver(name: string, engine: () => Engine): void {
  describe(`over ${name}`, () => {
    const open: { close(): Promise<void> }[] = []
    afterAll(() => Promise.all(open.map(one => one.close())))

    const bridge = async () => {
      const queue = randomUUID()
      const made = engine()
      const pool = { maxThreads: 1, concurrencyPerThread: 100 }
      const worker = await serve({
        engine: made,
        queue,
        modules: [tasks],
        pool,
        carriers: ['@bridge/context']
      })
      const cluster = createCluster({ engine: made, queue })
      open.push(cluster, worker)
      return { executor: cluster }
    }
    httpSuite(`Fastify, over ${name}`, adapter, bridge)
    streamSuite(`Fastify, over ${name}`, adapter, bridge)
  })
}

suitesOver('memory', () => memory())

describeWith('nats-server', 'a service on a cluster', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer('nats-server')
  })
  afterAll(() => server[Symbol.asyncDispose]())
  suitesOver('NATS', () => nats(server.url))
})

describeWith('redis-server', 'a service on a cluster', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer('redis-server')
  })
  afterAll(() => server[Symbol.asyncDispose]())
  suitesOver('BullMQ', () => bullmq(server.url))

  test('uses the client of the application and @nestjs/bullmq, and leaves it open', async () => {
    const connection = new Redis(server.url, { maxRetriesPerRequest: null })
    const app = await Test.createTestingModule({
      imports: [BullModule.forRoot({ connection }), BullModule.registerQueue({ name: 'mail' })]
    }).compile()
    await app.init()
    const engine = bullmq({ connection })
    const worker = await serve({ engine, modules: [tasks], pool: { maxThreads: 1 } })
    const cluster = createCluster({ engine })
    expect(await cluster.import<{ double(n: number): Promise<number> }>(tasks).double(21)).toBe(42)
    await cluster.close()
    await worker.close()
    expect(await app.get<Queue>(getQueueToken('mail')).getJobCounts()).toMatchObject({ waiting: 0 })
    await app.close()
    expect(await connection.ping()).toBe('PONG')
    await connection.quit()
  })
})
