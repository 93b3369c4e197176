import { memory } from '@bridge/cluster'
import { bullmq } from '@bridge/cluster/bullmq'
import { nats } from '@bridge/cluster/nats'
import { lossy } from '@bridge/cluster/testing'
import { Cluster, Redis } from 'ioredis'
import { describe, expect, it } from 'vitest'

const events = { onFrame: () => {}, onStatus: () => {} }

describe.each([
  ['nats', nats],
  ['bullmq', bullmq]
] as const)('the options of %s()', (name, make) => {
  const refused = (options: unknown) => expect(() => make(options as string))

  it('are a URL or an object', () => {
    refused(undefined).toThrow(`${name}(): options must be the URL of a server`)
    refused(42).toThrow(/got 42/)
    refused(null).toThrow(/got null/)
  })

  it('have a prefix that the server accepts', () => {
    for (const prefix of ['', 'a b', 'a:b', '*', 42]) refused({ prefix }).toThrow(/prefix must be/)
  })

  it('make the same engine on another thread, if they are plain data', async () => {
    const { recipe } = make('some://host:1')
    const module: Record<string, typeof make> = await import(recipe!.module)
    expect(recipe!.options).toBe('some://host:1')
    expect(module[recipe!.factory]!(recipe!.options as string).name).toBe(name)
  })
})

it.each([
  ['nats', nats({ servers: 'nats://127.0.0.1:4222', reconnectDelayHandler: () => 1 })],
  ['bullmq', bullmq({ connection: { retryStrategy: () => 1 } })],
  ['memory', memory()]
])('%s() has no recipe where another thread can not have it', (_, engine) => {
  expect(engine.recipe).toBeUndefined()
})

it('bullmq() has no recipe if it has a client', () => {
  const client = new Redis({ lazyConnect: true })
  expect(bullmq({ connection: client }).recipe).toBeUndefined()
  client.disconnect()
})

it('bullmq() refuses a client of a Redis Cluster', () => {
  const client = new Cluster([{ host: '127.0.0.1', port: 1 }], { lazyConnect: true })
  expect(() => bullmq({ connection: client as never })).toThrow(
    /connection must be one Redis server.*a Redis Cluster does not tell/
  )
  client.disconnect()
})

it('bullmq() refuses unknown options, and invalid options for jobs', () => {
  expect(() => bullmq({ conection: 'redis://' } as object)).toThrow(/no option 'conection'/)
  expect(() => bullmq({ connection: 5 } as never)).toThrow(/connection must be a URL/)
  expect(() => bullmq({ jobs: { attempts: 0 } })).toThrow(/jobs.attempts/)
  expect(() => bullmq({ jobs: { tries: 1 } } as never)).toThrow(/no option 'tries'/)
  expect(() => bullmq({ connection: { keyPrefix: 'a:' } })).toThrow(/no keyPrefix/)
  expect(() => bullmq({ lockDuration: -1 })).toThrow(/lockDuration/)
})

it('nats() refuses invalid servers', () => {
  expect(() => nats({ servers: [] })).toThrow(/servers must be a URL/)
  expect(() => nats({ servers: [''] })).toThrow(/servers must be a URL/)
})

it.each([
  ['nats()', nats('nats://ann:secret@127.0.0.1:1'), 'nats://127.0.0.1:1'],
  ['nats()', nats({ servers: ['127.0.0.1:1', '127.0.0.1:2'] }), '127.0.0.1:1, 127.0.0.1:2'],
  ['bullmq()', bullmq('redis://ann:secret@127.0.0.1:1'), 'redis://127.0.0.1:1'],
  ['bullmq()', bullmq({ connection: { host: '127.0.0.1', port: 1 } }), 'redis://127.0.0.1:1']
])('%s names the server that it can not reach, and not its password', async (where, engine, url) => {
  const error: Error = await engine.connect(events).then(
    () => expect.fail('it has connected'),
    error => error
  )
  expect(error.message).toContain(`${where}: can't connect to ${url}: `)
  expect(error.message).toMatch(/ECONNREFUSED|refused/)
  expect(error.message).toContain('Start the server')
  expect(error.message).not.toContain('secret')
  expect(error.cause).toBeInstanceOf(Error)
})

describe('lossy()', () => {
  it('drops the chosen frames, and nothing else', async () => {
    const heard: number[] = []
    let onLast = (): void => {}
    const last = new Promise<void>(resolve => {
      onLast = resolve
    })
    const drop = (frame: Uint8Array, to: string) => frame[0] === 2 || to === 'lossy queue'
    const engine = lossy(memory(), { drop })
    const onFrame = (frame: Uint8Array): void => {
      heard.push(frame[0]!)
      if (frame[0] === 9) onLast()
    }
    const [one, other] = [await engine.connect(events), await engine.connect({ ...events, onFrame })]
    await other.take(['lossy queue', 'queue'], 5, ({ frame }) => onFrame(frame))
    for (const queue of ['lossy queue', 'queue']) {
      one.send({ queue, id: queue, frame: Uint8Array.of(queue.length), priority: 0 }, () =>
        expect.fail('refused')
      )
    }
    for (const byte of [1, 2, 3, 9]) one.post(other.address, Uint8Array.of(byte), () => expect.fail('missed'))
    await last
    expect(heard).toEqual([5, 1, 3, 9])
    await Promise.all([one.close(), other.close()])
  })

  it('refuses an invalid engine and invalid losses', () => {
    expect(() => lossy(undefined as never, { drop: () => true })).toThrow(/engine must be an object/)
    expect(() => lossy(memory(), {} as never)).toThrow(/losses.drop must be a function/)
  })
})
