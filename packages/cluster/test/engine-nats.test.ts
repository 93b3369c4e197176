import { nats } from '@bridge/cluster/nats'
import { engineCases } from '@bridge/cluster/testing'
import { afterAll, beforeAll, it } from 'vitest'
import { describeWith, startServer, type TestServer } from './servers.js'

describeWith('nats-server', 'nats()', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer('nats-server')
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  for (const { name, run } of engineCases(() => nats(server.url))) it(name, run)
})
