import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { channel, openChannel } from '@bridge/iter'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collect, ITER } from './helpers.js'

/** A worker that runs `code` with `jobs`, and `results` if a second channel was passed. */
function worker(code: string, ...channels: { handle: object }[]): Worker {
  const source = `
    const { workerData } = require('node:worker_threads')
    const { openChannel } = require(${ITER})
    const [jobs, results] = workerData.map(openChannel)
    ;(async () => { ${code} })()
  `
  return new Worker(source, { eval: true, workerData: channels.map(one => one.handle) })
}

describe('a channel', () => {
  it('keeps what a structured clone would lose, and refuses what belongs to its thread', async () => {
    const sent = channel<unknown>()
    const received = openChannel<unknown>(sent.handle)
    const url = new URL('http://localhost/a')
    for (const item of [url, { headers: new Headers({ a: '1' }) }, Buffer.from('abc')]) await sent.put(item)
    expect(await received.get()).toEqual(url)
    expect([...((await received.get()) as { headers: Headers }).headers]).toEqual([['a', '1']])
    expect(Buffer.isBuffer(await received.get())).toBe(true)
    await expect(async () => sent.put({ inside: new Response('') })).rejects.toMatchObject({
      code: 'BRIDGE_NOT_CLONEABLE',
      message: expect.stringContaining('item.inside (Response)')
    })
  })

  it('returns items of any kind in order, around the end of its memory', async () => {
    const item = fc.oneof(
      fc.double(),
      fc.string({ unit: 'binary' }),
      fc.anything({ withMap: true, withSet: true, withDate: true, withBigInt: true, withTypedArray: true })
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(item, { maxLength: 5 }), { maxLength: 20 }), async rounds => {
        const queue = channel<unknown>({ maxBytes: 100_000 })
        for (const items of rounds) {
          for (const one of items) await queue.put(one)
          expect(queue.size).toBe(items.length)
          for (const one of items) expect(await queue.get()).toEqual(one)
        }
      }),
      { numRuns: 50 }
    )
  })

  it('grows while its items wrap around its end', () => {
    const queue = channel<string>({ maxBytes: 10_000_000 })
    const text = (n: number): string => String(n).repeat(5000)
    let put = 0
    let got = 0
    for (let round = 0; round < 40; round++) {
      for (let n = 0; n < 4; n++) queue.putSync(text(put++))
      for (let n = 0; n < 3; n++) expect(queue.getSync()).toBe(text(got++))
    }
    queue.close()
    for (const left of queue) expect(left).toBe(text(got++))
    expect(got).toBe(put)
  })

  it('copies an item when it is put', async () => {
    const queue = channel<{ n: number }>()
    const item = { n: 1 }
    await queue.put(item)
    item.n = 2
    expect(await queue.get()).toEqual({ n: 1 })
  })

  it('makes a put wait while it is full, and a get while it is empty', async () => {
    const queue = channel<number>({ highWaterMark: 1 })
    const got = queue.get()
    await queue.put(1)
    expect(await got).toBe(1)
    await queue.put(2)
    let isIn = false
    const put = queue.put(3).then(() => {
      isIn = true
    })
    await new Promise(setImmediate)
    expect(isIn).toBe(false)
    expect(await queue.get()).toBe(2)
    await put
    expect(await queue.get()).toBe(3)
  })

  it('ends a wait at its timeout or by its signal, without losing an item', async () => {
    const queue = channel<number>({ highWaterMark: 1 })
    await expect(queue.get({ timeout: 2 })).rejects.toMatchObject({ code: 'BRIDGE_TIMEOUT', timeout: 2 })
    expect(() => queue.getSync(2)).toThrow('getSync(): nothing was in the channel within 2 ms')
    const controller = new AbortController()
    const got = queue.get({ signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(got).rejects.toThrow('enough')
    queue.putSync(1)
    expect(() => queue.putSync(2, 0)).toThrow('putSync(): there was no room in the channel within 0 ms')
    await expect(queue.put(2, { timeout: 2 })).rejects.toMatchObject({ code: 'BRIDGE_TIMEOUT' })
    expect(await queue.get()).toBe(1)
    expect(queue.size).toBe(0)
  })

  it('returns the remaining items after close(), then ends', async () => {
    const queue = channel<number>()
    await queue.put(1)
    const waiting = channel<number>()
    const got = expect(waiting.get()).rejects.toMatchObject({ code: 'BRIDGE_CLOSED' })
    waiting.close()
    await got
    queue.close()
    queue.close()
    expect(queue.isClosed).toBe(true)
    await expect(queue.put(2)).rejects.toThrow('put(): the channel is closed')
    expect(await collect(queue)).toEqual([1])
    await expect(queue.get()).rejects.toThrow('get(): the channel is closed and empty')
    expect([...queue]).toEqual([])
  })

  it('refuses items that cannot be copied or will never fit', async () => {
    const queue = channel<unknown>({ maxBytes: 1000 })
    await expect(queue.put(() => 1)).rejects.toMatchObject({ code: 'BRIDGE_NOT_CLONEABLE' })
    await expect(queue.put('x'.repeat(2000))).rejects.toThrow('finds no room in a channel for 995')
    expect(queue.size).toBe(0)
  })

  it('blocks this thread for a worker, and a worker for this thread', async () => {
    const jobs = channel<number>({ highWaterMark: 2 })
    const results = channel<number>()
    const squares = worker('for (const n of jobs) results.putSync(n * n); results.close()', jobs, results)
    for (let n = 0; n < 20; n++) jobs.putSync(n)
    jobs.close()
    expect([...results]).toEqual(Array.from({ length: 20 }, (_, n) => n * n))
    await once(squares, 'exit')
  })

  it('delivers each item once, to many consumers from many producers, in the order of each producer', async () => {
    const jobs = channel<[producer: number, n: number]>({ highWaterMark: 16 })
    const results = channel<[consumer: string, producer: number, n: number]>({ highWaterMark: 8 })
    const put = (from: number, sync: boolean): string =>
      `for (let n = 0; n < 300; n++) ${sync ? 'jobs.putSync' : 'await jobs.put'}([${from}, n])`
    const take = (as: string, sync: boolean): string =>
      `for ${sync ? '' : 'await '}(const [from, n] of jobs) ${sync ? 'results.putSync' : 'await results.put'}(['${as}', from, n])`
    const producers = [worker(put(0, true), jobs), worker(put(1, false), jobs)]
    const consumers = [worker(take('a', true), jobs, results), worker(take('b', false), jobs, results)]
    const got: [string, number, number][] = []
    const collected = (async () => {
      for await (const result of results) got.push(result)
    })()
    await Promise.all(producers.map(one => once(one, 'exit')))
    jobs.close()
    await Promise.all(consumers.map(one => once(one, 'exit')))
    results.close()
    await collected
    expect(new Set(got.map(([, from, n]) => `${from}/${n}`)).size).toBe(600)
    expect(got).toHaveLength(600)
    for (const consumer of ['a', 'b']) {
      for (const from of [0, 1]) {
        const seen = got.filter(([by, of]) => by === consumer && of === from).map(([, , n]) => n)
        expect(seen).toEqual([...seen].sort((one, other) => one - other))
      }
    }
  })

  it('lets the process end when only an idle channel is left', async () => {
    const idle = worker('await results.get({ timeout: 1 }).catch(() => {})', channel(), channel())
    expect(await once(idle, 'exit')).toEqual([0])
  })

  it('refuses invalid arguments at the call', async () => {
    expect(() => channel({ highWaterMark: 0 })).toThrow(
      'highWaterMark must be a whole number of at least 1, got 0'
    )
    expect(() => channel({ size: 1 } as never)).toThrow("there is no option 'size'")
    for (const words of [{ length: 10 }, new Int32Array(10), new Int32Array(new SharedArrayBuffer(40))]) {
      const handle = { '@bridge/iter/channel': 1, words, ring: new SharedArrayBuffer(64) }
      expect(() => openChannel(handle as never)).toThrow("openChannel(): handle must be a channel's handle")
    }
    expect(() => openChannel({} as never)).toThrow(
      "handle must be a channel's handle of the same version, got {}"
    )
    expect(() => channel().getSync(-1)).toThrow('timeout must be a number of milliseconds')
    await expect(channel().get({ signal: 5 as never })).rejects.toThrow(
      'signal must be an AbortSignal, got 5'
    )
  })
})
