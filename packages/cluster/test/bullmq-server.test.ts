import { bullmq } from '@bridge/cluster/bullmq'
import { afterAll, beforeAll } from 'vitest'
import { serverLossTests } from './server-loss.js'
import { describeWith, startServer, type TestServer } from './servers.js'

describeWith('redis-server', 'bullmq() whose server is lost', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer('redis-server', { keeps: true })
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  serverLossTests(
    () => server,
    () => bullmq(server.url)
  )
})
