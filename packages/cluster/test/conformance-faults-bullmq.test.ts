import { bullmq } from '@bridge/cluster/bullmq'
import { afterAll, beforeAll } from 'vitest'
import { faultCasesOver } from './fault-cases-helpers.js'
import { describeWith, startServer, type TestServer } from './servers.js'

describeWith('redis-server', 'the second tier of the conformance suite over bullmq()', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer('redis-server')
  })
  afterAll(() => server[Symbol.asyncDispose]())

  faultCasesOver(() => bullmq(server.url))
})
