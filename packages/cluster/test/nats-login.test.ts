import { nats } from '@bridge/cluster/nats'
import { expect, it } from 'vitest'
import { describeWith, startServer } from './servers.js'

const events = { onFrame: () => {}, onStatus: () => {} }
const login = { args: ['--user', 'ann', '--pass', 'p@ss:1'] }

describeWith('nats-server', 'the login of nats()', () => {
  it('may be in the URL or beside it', async () => {
    await using server = await startServer('nats-server', login)
    const host = `127.0.0.1:${server.port}`
    for (const options of [
      `nats://ann:p%40ss%3A1@${host}`,
      { servers: [`nats://${host}`], user: 'ann', pass: 'p@ss:1' }
    ]) {
      const connection = await nats(options).connect(events)
      expect(await connection.hasWorkers('tasks')).toBe(false)
      await connection.close()
    }
  })

  it('may be a token', async () => {
    await using server = await startServer('nats-server', { args: ['--auth', 't0ken'] })
    const connection = await nats(`nats://t0ken@127.0.0.1:${server.port}`).connect(events)
    await connection.close()
  })

  it('is named if it is wrong, without the password', async () => {
    await using server = await startServer('nats-server', login)
    const connecting = nats(`nats://ann:wrong@127.0.0.1:${server.port}`).connect(events)
    await expect(connecting).rejects.toThrow(/can't connect to nats:\/\/127\.0\.0\.1:\d+: .*[Aa]uthorization/)
    await expect(connecting).rejects.not.toThrow(/wrong/)
  })

  it('has as many bytes in a frame as the server allows', async () => {
    await using server = await startServer('nats-server')
    const connection = await nats({ servers: server.url }).connect(events)
    expect(connection.maxBytes).toBe(1024 * 1024)
    await connection.close()
  })
})
