import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCluster, type Engine, serve } from '@bridge/cluster'
import { nats } from '@bridge/cluster/nats'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { all, failed, TASKS, type Tasks } from './cluster-bench.js'
import { describeWith, startServer, type TestServer } from './servers.js'

/** Users who may not publish, or not subscribe, to these subjects. */
const DENIED = {
  'publish-call': 'publish: { deny: "bridge.call.>" }',
  'publish-here': 'publish: { deny: "bridge.here.>" }',
  'publish-to': 'publish: { deny: "bridge.to.>" }',
  'subscribe-to': 'subscribe: { deny: "bridge.to.>" }',
  'subscribe-no': 'subscribe: { deny: "bridge.no.>" }',
  'subscribe-call': 'subscribe: { deny: "bridge.call.>" }',
  'subscribe-here': 'subscribe: { deny: "bridge.here.>" }'
} as const

/** What the README says that callers and workers need. */
const ENOUGH = {
  caller: `publish: ["bridge.call.>", "bridge.here.>", "bridge.to.>"], subscribe: ["bridge.to.>", "bridge.no.>"]`,
  worker: `publish: "bridge.to.>", subscribe: ["bridge.call.>", "bridge.here.>", "bridge.to.>", "bridge.no.>"]`
} as const

const userOf = ([name, permissions]: readonly [string, string]): string =>
  `{ user: ${name}, password: secret, permissions: { ${permissions} } }`

describeWith('nats-server', 'a login on NATS that lacks a permission', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-nats-'))
  let server: TestServer

  beforeAll(async () => {
    const users = [...Object.entries(DENIED), ...Object.entries(ENOUGH)].map(userOf)
    const file = join(folder, 'nats.conf')
    writeFileSync(file, `authorization { users: [${users.join('\n')}] }`)
    server = await startServer('nats-server', { args: ['-c', file] })
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  const engine = (user: keyof typeof DENIED | keyof typeof ENOUGH): Engine =>
    nats({ servers: server.url, user, pass: 'secret' })
  const worker = (user: Parameters<typeof engine>[0], queue = 'tasks') =>
    serve({ engine: engine(user), modules: [TASKS], queue })
  const caller = (user: Parameters<typeof engine>[0], queue = 'tasks') =>
    createCluster({ engine: engine(user), queue })

  it('may call and serve with the permissions that the README names', async () => {
    await using _worker = await worker('worker')
    await using cluster = caller('caller')
    const tasks = cluster.import<Tasks>(TASKS)
    expect(await tasks.echo('permitted')).toBe('permitted')
    const sizes = [1, 300_000, 900_000]
    expect((await all(tasks.sized(sizes))).map(({ length }) => length)).toEqual(sizes)
    expect((await cluster.stats(TASKS)).workers).toHaveLength(1)
  })

  it.each([
    ['publish-to', /publish to 'bridge\.to\..*permit publish on 'bridge\.to\.>'/],
    ['subscribe-to', /subscribe to 'bridge\.to\..*permit subscribe on 'bridge\.to\.>'/],
    ['subscribe-no', /subscribe to 'bridge\.no\..*permit subscribe on 'bridge\.no\.>'/]
  ] as const)('cannot connect without %s', async (user, message) => {
    for (const use of [() => worker(user), () => caller(user).import<Tasks>(TASKS).pid()]) {
      const error = await failed(use())
      expect(error.message).toMatch(message)
      expect(error.message).not.toContain('secret')
      expect(error.cause).toBeInstanceOf(Error)
    }
  })

  it.each([
    ['subscribe-call', /subscribe to 'bridge\.call\.tasks'; permit subscribe on 'bridge\.call\.>'/],
    ['subscribe-here', /subscribe to 'bridge\.here\.tasks'; permit subscribe on 'bridge\.here\.>'/]
  ] as const)('cannot serve without %s', async (user, message) => {
    expect((await failed(worker(user))).message).toMatch(message)
  })

  it('cannot call without publish-call, and says so at each call', async () => {
    await using _worker = await worker('worker')
    await using cluster = caller('publish-call')
    const tasks = cluster.import<Tasks>(TASKS)
    const first = [1, 2, 3].map(() => failed(tasks.pid()))
    for (const error of [...(await Promise.all(first)), await failed(tasks.pid().with({ retries: 1 }))]) {
      expect(error).toMatchObject({ code: 'BRIDGE_WORKER_LOST', mayHaveRun: false })
      expect(error.message).toMatch(
        /publish to 'bridge\.call\.tasks'; permit publish on 'bridge\.call\.>', or on 'bridge\.>', for this user/
      )
    }
  })

  it('cannot find out without publish-here whether a queue has workers', async () => {
    await using cluster = caller('publish-here', 'unserved')
    const error = await failed(cluster.import<Tasks>(TASKS).pid())
    expect(error).toMatchObject({ code: 'BRIDGE_WORKER_LOST', mayHaveRun: false })
    expect(error.message).toMatch(/publish to 'bridge\.here\..*permit publish on 'bridge\.here\.>'/)
  })
})
