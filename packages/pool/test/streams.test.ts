import type { StreamCall } from '@bridge/core'
import { describe, expect, it } from 'vitest'
import { pooled, rejection, runScript, TASKS, thrown } from './helpers.js'

type Call = StreamCall<string, void, unknown>

describe('a generator on a thread', () => {
  it.each(['numbers', 'numbersLater'])('%s streams to for await in order', async name => {
    const { call } = pooled()
    const items: number[] = []
    for await (const n of call(name, 5000)) items.push(n)
    expect(items).toEqual(Array.from({ length: 5000 }, (_, n) => n))
  })

  it.each(['numbers', 'numbersLater'])('%s streams to a blocking for in order', name => {
    const { call } = pooled()
    const items: number[] = []
    for (const n of call(name, 5000)) items.push(n)
    expect(items).toEqual(Array.from({ length: 5000 }, (_, n) => n))
  })

  it.each(['numbers', 'numbersLater'])('%s has run its finally when break is left', async name => {
    const { call, tasks } = pooled({ maxThreads: 1 })
    for await (const n of call(name, 1e9)) if (n === 3) break
    expect(await tasks.finallyCount()).toBe(1)
    for (const n of call(name, 1e9)) if (n === 3) break
    expect(tasks.finallyCount().runSync()).toBe(2)
  })

  it('report their progress', async () => {
    const stream = await pooled().tasks.numbers(10)
    const iterator = stream[Symbol.asyncIterator]()
    for (let n = 0; n < 4; n++) await iterator.next()
    expect(stream.progress?.items).toBe(4)
    await iterator.return(undefined as never)
  })

  it('gives its Stream when it is awaited', async () => {
    const { tasks } = pooled()
    const stream = await tasks.numbers(3)
    const items: number[] = []
    for await (const n of stream) items.push(n)
    expect(items).toEqual([0, 1, 2])
  })

  it('gives an error after the items before it', async () => {
    const { tasks } = pooled()
    const items: number[] = []
    const consume = async (): Promise<void> => {
      for await (const n of tasks.failAfter(3)) items.push(n)
    }
    expect(await rejection(consume())).toMatchObject({ name: 'RangeError', message: 'after 3' })
    expect(items).toEqual([0, 1, 2])
  })

  it('gives an error before its first item as an error, not as an empty stream', async () => {
    const { tasks } = pooled()
    const consume = async (): Promise<void> => {
      for await (const _ of tasks.failBefore());
    }
    expect(await rejection(consume())).toMatchObject({ message: 'before the first' })
    expect(
      thrown(() => {
        for (const _ of tasks.failBefore());
      })
    ).toMatchObject({ message: 'before the first' })
  })

  it('begins when its first item is pulled, though the caller is busy by then', async () => {
    const { tasks } = pooled({ maxThreads: 1 })
    await tasks.add(1, 2)
    const word = new Int32Array(new SharedArrayBuffer(4))
    const items = tasks.tellsBegin(word)[Symbol.asyncIterator]()
    const first = items.next()
    await Promise.resolve()
    Atomics.wait(word, 0, 0, 10_000)
    expect(word[0]).toBe(1)
    expect(await first).toEqual({ done: false, value: 'begun' })
    expect(await items.next()).toEqual({ done: true, value: undefined })
  })

  it.each([
    ['awaited', async (call: Call) => void (await call)],
    ['returned', async (call: Call) => void (await call[Symbol.asyncIterator]().return())],
    ['thrown into', async (call: Call) => void (await rejection(call[Symbol.asyncIterator]().throw(1)))],
    [
      'opened by a blocking loop',
      async (call: Call) => void call[Symbol.iterator]().return(undefined as never)
    ]
  ])('does not begin where it is %s and no item is pulled', async (_how, use) => {
    const { tasks } = pooled({ maxThreads: 1 })
    const word = new Int32Array(new SharedArrayBuffer(4))
    await use(tasks.tellsBegin(word) as unknown as Call)
    // On the same thread, behind all that the call could have sent.
    await tasks.add(1, 2)
    await tasks.add(1, 2)
    expect(word[0]).toBe(0)
  })

  it('is ahead of its consumer by the window and no more', async () => {
    const { tasks } = pooled({ maxThreads: 1 })
    const stream = tasks.counted(1e9)[Symbol.asyncIterator]()
    for (let n = 0; n < 10; n++) await stream.next()
    let produced = 0
    // Until it stands still.
    for (let before = -1; before < produced; ) {
      before = produced
      produced = await tasks.producedSoFar()
    }
    expect(produced).toBeGreaterThanOrEqual(10)
    expect(produced).toBeLessThanOrEqual(10 + 8192)
    await stream.return()
  })

  it('holds no thread while it is open', async () => {
    const { pool, tasks } = pooled({ maxThreads: 1 })
    const stream = tasks.numbers(1e9)[Symbol.asyncIterator]()
    await stream.next()
    expect(await tasks.add(1, 2)).toBe(3)
    expect(pool.stats()).toMatchObject({ running: 0, streams: 1 })
    await stream.return()
    expect(pool.stats().streams).toBe(0)
  })

  it('that reuses one object yields different items', async () => {
    const { tasks } = pooled()
    const items: { n: number }[] = []
    for await (const item of tasks.reusing()) items.push(item)
    expect(items).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }, { n: 3 }])
  })

  it('is stopped by a signal, even while a pull is pending', async () => {
    const { tasks } = pooled({ maxThreads: 1, killGrace: 5000 })
    const controller = new AbortController()
    const reason = new Error('gone')
    const items: number[] = []
    const consume = async (): Promise<void> => {
      for await (const n of tasks.pendingForever().with({ signal: controller.signal })) {
        items.push(n)
        setImmediate(() => controller.abort(reason))
      }
    }
    expect(await rejection(consume())).toBe(reason)
    expect(items).toEqual([0])
    expect(await tasks.finallyCount()).toBe(1)
  })

  it('is stopped by its timeout', async () => {
    const { tasks } = pooled({ killGrace: 5000 })
    await tasks.add(0, 0)
    const consume = async (): Promise<void> => {
      for await (const _ of tasks.pendingForever().with({ timeout: 30 }));
    }
    expect(await rejection(consume())).toMatchObject({ code: 'BRIDGE_TIMEOUT', timeout: 30 })
  })

  it('is stopped by its timeout in a blocking for that never has to wait', () => {
    const { tasks } = pooled({ killGrace: 5000 })
    tasks.add(0, 0).runSync()
    const error = thrown(() => {
      for (const _ of tasks.numbers(1e12).with({ timeout: 50 }));
    })
    expect(error).toMatchObject({ code: 'BRIDGE_TIMEOUT', timeout: 50 })
    expect(tasks.finallyCount().runSync()).toBe(1)
  })

  it('that is stopped while its thread is busy with a call does not end that call', async () => {
    const { tasks } = pooled({ maxThreads: 1, killGrace: 100 })
    const controller = new AbortController()
    const stream = tasks.numbers(1e9).with({ signal: controller.signal })[Symbol.asyncIterator]()
    await stream.next()
    // The generator has used up its credit: from here on the thread is busy with the call alone.
    await tasks.add(0, 0)
    await tasks.add(0, 0)
    const busy = tasks.spin(350).start()
    controller.abort()
    expect(await busy).toBeTypeOf('number')
    await rejection(stream.next())
    // It was left while the thread was busy, and ends now.
    while ((await tasks.finallyCount()) < 1);
  })

  it('that is discarded unread is stopped when it is collected', async () => {
    const script = `
      import { createPool } from '@bridge/pool'
      const pool = createPool({ maxThreads: 1 })
      const tasks = pool.import(${JSON.stringify(TASKS.href)})
      for (let n = 0; n < 20; n++) await tasks.numbers(1e9)[Symbol.asyncIterator]().next()
      await tasks.numbers(1e9)
      for (let turn = 0; turn < 500 && pool.stats().streams > 0; turn++) {
        await new Promise(setImmediate)
        if (turn % 10 === 0) gc()
      }
      console.log(pool.stats().streams, await tasks.finallyCount())
    `
    const { code, stdout, stderr } = await runScript(script, ['--expose-gc'])
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '0 20\n', stderr: '' })
  })

  it('whose finally never ends has its thread terminated, so that the next call is served', async () => {
    const { tasks } = pooled({ maxThreads: 1 })
    const leave = async (): Promise<void> => {
      for await (const _ of tasks.spinsInFinally()) break
    }
    const error = await rejection(leave())
    expect(error).toMatchObject({ code: 'BRIDGE_WORKER_LOST' })
    expect(error.message).toContain('spinsInFinally() was closed, but its generator did not end')
    expect(await tasks.add(1, 2)).toBe(3)
  })

  it('is ended by its itemTimeout in a blocking for, and its thread is not', async () => {
    const { pool, tasks } = pooled({ maxThreads: 1 })
    await tasks.add(1, 2)
    const drain = (): void => {
      for (const _ of tasks.waitsForever().with({ itemTimeout: 20 }));
    }
    expect(drain).toThrow(/gave no item within 20 ms/)
    expect(pool.stats()).toMatchObject({ abandoned: 0, ended: { byCause: {} } })
  })

  it.each([{ timeout: 20 }, { itemTimeout: 20 }])(
    'that never ends a step has its thread terminated by %j',
    async limit => {
      const { pool, tasks } = pooled({ maxThreads: 1, killGrace: 5 })
      await tasks.add(0, 0)
      const consume = async (): Promise<void> => {
        for await (const _ of tasks.spinsInside().with(limit));
      }
      expect(await rejection(consume())).toMatchObject({ code: 'BRIDGE_TIMEOUT' })
      expect(await tasks.add(1, 2)).toBe(3)
      expect(pool.stats().threads).toBe(1)
    }
  )

  it.each([{ timeout: 20 }, { itemTimeout: 20 }])(
    'that never ends a step has its thread terminated by %j while its consumer blocks, too',
    limit => {
      const { tasks } = pooled({ maxThreads: 1, killGrace: 5 })
      tasks.add(0, 0).runSync()
      const error = thrown(() => [...tasks.spinsInside().with(limit)])
      expect(error).toMatchObject({
        code: 'BRIDGE_TIMEOUT',
        message: expect.stringContaining('spinsInside()')
      })
      expect(tasks.add(1, 2).runSync()).toBe(3)
    }
  )

  it('shares its pool fairly: two streams and a hundred calls all end', async () => {
    const { tasks } = pooled()
    const drain = async (limit: number): Promise<number> => {
      let sum = 0
      for await (const n of tasks.numbers(limit)) sum += n
      return sum
    }
    const calls = Array.from({ length: 100 }, (_, n) => tasks.add(n, 0))
    const [a, b, ...answers] = await Promise.all([drain(20_000), drain(20_000), ...calls])
    expect([a, b]).toEqual([199_990_000, 199_990_000])
    expect(answers).toEqual(Array.from({ length: 100 }, (_, n) => n))
  })

  it('closed before its first item, or twice, does not hang', async () => {
    const { pool, tasks } = pooled()
    const stream = (await tasks.numbers(5))[Symbol.asyncIterator]()
    expect(await stream.return('bye' as never)).toEqual({ done: true, value: 'bye' })
    expect(await stream.return('again' as never)).toEqual({ done: true, value: 'again' })
    expect(await stream.next()).toEqual({ done: true, value: undefined })
    expect(pool.stats().streams).toBe(0)
  })

  it('that turns out to be a value is refused', async () => {
    const { call } = pooled()
    const consume = async (): Promise<void> => {
      for await (const _ of call('add', 1, 2));
    }
    expect((await rejection(consume())).message).toContain('add() returned a value, not a stream')
  })
})
