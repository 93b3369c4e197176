import { nats } from '@bridge/cluster/nats'
import { afterAll, beforeAll } from 'vitest'
import { faultCasesOver } from './fault-cases-helpers.js'
import { describeWith, startServer, type TestServer } from './servers.js'

describeWith('nats-server', 'the second tier of the conformance suite over nats()', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer('nats-server')
  })
  afterAll(() => server[Symbol.asyncDispose]())

  faultCasesOver(() => nats(server.url))
})
