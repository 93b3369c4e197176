import { bullmq } from '@bridge/cluster/bullmq'
import { engineCases } from '@bridge/cluster/testing'
import { afterAll, beforeAll, it } from 'vitest'
import { describeWith, startServer, type TestServer } from './servers.js'

describeWith('redis-server', 'bullmq()', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer('redis-server')
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  for (const { name, run } of engineCases(() => bullmq(server.url))) it(name, run)
})
