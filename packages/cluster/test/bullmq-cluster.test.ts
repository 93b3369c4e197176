import { bullmq } from '@bridge/cluster/bullmq'
import { expect, it } from 'vitest'
import { failed } from './cluster-bench.js'
import { describeWith, freePort, startServer } from './servers.js'

describeWith('redis-server', 'bullmq()', () => {
  it('refuses to connect to a node of a Redis Cluster, and says what to use', async () => {
    const args = ['--cluster-enabled', 'yes', '--cluster-port', `${await freePort()}`]
    await using server = await startServer('redis-server', { args })
    const error = await failed(bullmq(server.url).connect({ onFrame: () => {}, onStatus: () => {} }))
    expect(error.message).toMatch(
      /bullmq\(\): redis:\/\/127\.0\.0\.1:\d+ is a node of a Redis Cluster.*use a server that is not in a cluster/
    )
  })
})
