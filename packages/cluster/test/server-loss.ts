import { randomUUID } from 'node:crypto'
import type { Connection, Engine } from '@bridge/cluster'
import { WorkerLostError } from '@bridge/core'
import { expect, it } from 'vitest'
import type { TestServer } from './servers.js'

/** Collects events to wait for. */
class Inbox<T> {
  readonly #items: T[] = []
  #wake = (): void => {}

  readonly put = (item: T): void => {
    this.#items.push(item)
    this.#wake()
  }

  async next(): Promise<T> {
    while (this.#items.length === 0) {
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
    return this.#items.shift() as T
  }
}

async function open(engine: Engine) {
  const frames = new Inbox<string>()
  const status = new Inbox<boolean>()
  const connection = await engine.connect({
    onFrame: frame => frames.put(new TextDecoder().decode(frame)),
    onStatus: status.put
  })
  return { connection, frames, status }
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

async function ending(connections: readonly Connection[], body: () => Promise<void>): Promise<void> {
  try {
    await body()
  } finally {
    await Promise.all(connections.map(connection => connection.close()))
  }
}

/** Cases for an engine whose server is killed and restarted. */
export function serverLossTests(server: () => TestServer, make: () => Engine): void {
  const killed = async (peers: readonly { status: Inbox<boolean> }[]): Promise<void> => {
    await server().kill()
    for (const { status } of peers) expect(await status.next()).toBe(false)
  }
  const restarted = async (peers: readonly { status: Inbox<boolean> }[]): Promise<void> => {
    await server().start()
    for (const { status } of peers) expect(await status.next()).toBe(true)
  }

  it('fails each request that its server has not answered when it closes', async () => {
    const { connection } = await open(make())
    server().freeze()
    const ids = [randomUUID(), randomUUID()] as const
    const requests: Record<string, Promise<unknown> | undefined> = {
      listen: connection.listen(ids[0]),
      take: connection.take([ids[0]], 1, () => {}),
      hasWorkers: connection.hasWorkers(ids[0]),
      counts: connection.hasQueue ? connection.counts(ids[0]) : undefined,
      reclaim: connection.hasQueue ? connection.reclaim(...ids) : undefined,
      find: connection.find(...ids),
      add: connection.jobs?.add({
        queue: ids[0],
        id: ids[1],
        frame: bytes('job'),
        priority: 0,
        attempts: 1
      }),
      state: connection.jobs?.state(...ids),
      ended: connection.jobs?.ended(...ids, new AbortController().signal),
      jobsTake: connection.jobs?.take([ids[0]], 1, () => {})
    }
    const asked = Object.entries(requests).filter(([, request]) => request !== undefined)
    const ending = Promise.allSettled(asked.map(([, request]) => request))
    await connection.close()
    const ended = await ending
    await server().kill()
    await server().start()
    for (const [index, [name]] of asked.entries()) {
      const { reason } = ended[index] as PromiseRejectedResult
      expect(reason, name).toBeInstanceOf(WorkerLostError)
    }
  })

  it('takes calls after its server was lost while it began to, or has said that it does not', async () => {
    const peer = await open(make())
    const { connection } = peer
    await ending([connection], async () => {
      const queue = randomUUID()
      server().freeze()
      const hasTaken = connection
        .take([queue], 1, () => {})
        .then(
          () => true,
          () => false
        )
      await killed([peer])
      await restarted([peer])
      expect(await connection.hasWorkers(queue)).toBe(await hasTaken)
    })
  })

  it('listens after its server was lost while it began to, or has said that it does not', async () => {
    const peer = await open(make())
    const { connection } = peer
    await ending([connection], async () => {
      const address = randomUUID()
      server().freeze()
      const listens = connection.listen(address).then(
        () => true,
        () => false
      )
      await killed([peer])
      await restarted([peer])
      const isMissed = new Promise<boolean>(resolve => {
        connection.post(address, bytes('hello'), () => resolve(true))
        void peer.frames.next().then(() => resolve(false))
      })
      expect(await isMissed).toBe(!(await listens))
    })
  })

  it('reports the loss of its server and its return, and recovers by itself', async () => {
    const [caller, worker] = [await open(make()), await open(make())]
    await ending([caller.connection, worker.connection], async () => {
      const queue = randomUUID()
      const shared = randomUUID()
      const calls = new Inbox<string>()
      await worker.connection.listen(shared)
      await worker.connection.take([queue], 1, ({ frame, done }) => {
        calls.put(new TextDecoder().decode(frame))
        done()
      })
      for (const round of ['first', 'second']) {
        await killed([caller, worker])
        await restarted([caller, worker])
        expect(await caller.connection.hasWorkers(queue)).toBe(true)
        caller.connection.send({ queue, id: randomUUID(), frame: bytes(round), priority: 0 }, () => {})
        expect(await calls.next()).toBe(round)
        worker.connection.post(caller.connection.address, bytes(`${round} answer`))
        expect(await caller.frames.next()).toBe(`${round} answer`)
        caller.connection.post(shared, bytes(`${round} notice`))
        expect(await worker.frames.next()).toBe(`${round} notice`)
      }
    })
  })

  it('sends what was sent while the server was away, before it reports that the server is back', async () => {
    const peer = await open(make())
    await ending([peer.connection], async () => {
      const queue = randomUUID()
      const came: string[] = []
      const calls = new Inbox<string>()
      await peer.connection.take([queue], 1, ({ frame, done }) => {
        calls.put(new TextDecoder().decode(frame))
        done()
      })
      await killed([peer])
      const sent = { queue, id: randomUUID(), frame: bytes('call'), priority: 0 }
      peer.connection.send(sent, () => came.push('refused'))
      for (const text of ['1', '2', '3']) {
        peer.connection.post(peer.connection.address, bytes(text), () => came.push('missed'))
      }
      await restarted([peer])
      expect([await peer.frames.next(), await peer.frames.next(), await peer.frames.next()]).toEqual([
        '1',
        '2',
        '3'
      ])
      expect(await calls.next()).toBe('call')
      expect(came).toEqual([])
    })
  })

  it('ends an active call after the server came back', async () => {
    const [caller, worker] = [await open(make()), await open(make())]
    await ending([caller.connection, worker.connection], async () => {
      const queue = randomUUID()
      const calls = new Inbox<() => void>()
      await worker.connection.take([queue], 1, ({ done }) => calls.put(done))
      const send = (): void =>
        caller.connection.send({ queue, id: randomUUID(), frame: bytes('call'), priority: 0 }, () => {})
      send()
      const done = await calls.next()
      await killed([caller, worker])
      done()
      await restarted([caller, worker])
      expect(await caller.connection.hasWorkers(queue)).toBe(true)
      send()
      ;(await calls.next())()
    })
  })

  it('closes while its server is away', async () => {
    const [caller, worker] = [await open(make()), await open(make())]
    const queue = randomUUID()
    await worker.connection.take([queue], 1, () => {})
    await killed([caller, worker])
    const refused = new Inbox<Error | undefined>()
    caller.connection.send({ queue, id: randomUUID(), frame: bytes('call'), priority: 0 }, refused.put)
    await Promise.all([caller.connection.close(), worker.connection.close()])
    expect(await refused.next()).toBeInstanceOf(Error)
    await server().start()
  })

  it('reports that it holds too much while the server is away', async () => {
    const caller = await open(make())
    await ending([caller.connection], async () => {
      await killed([caller])
      const refused = new Inbox<Error | undefined>()
      const frame = new Uint8Array(caller.connection.maxBytes)
      for (let sent = 0; sent <= 16 * 1024 * 1024; sent += frame.byteLength) {
        caller.connection.send({ queue: randomUUID(), id: randomUUID(), frame, priority: 0 }, refused.put)
      }
      expect((await refused.next())?.message).toMatch(/is away/)
      await restarted([caller])
    })
  })

  it('refuses requests while the server stays away', async () => {
    const caller = await open(make())
    await ending([caller.connection], async () => {
      await killed([caller])
      await expect(caller.connection.hasWorkers('tasks')).rejects.toMatchObject({
        code: 'BRIDGE_WORKER_LOST'
      })
      await restarted([caller])
      expect(await caller.connection.hasWorkers('tasks')).toBe(false)
    })
  })
}
