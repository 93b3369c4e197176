import { nats } from '@bridge/cluster/nats'
import { afterAll, beforeAll } from 'vitest'
import { serverLossTests } from './server-loss.js'
import { describeWith, startServer, type TestServer } from './servers.js'

describeWith('nats-server', 'nats() whose server is lost', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer('nats-server')
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  serverLossTests(
    () => server,
    () => nats(server.url)
  )
})
