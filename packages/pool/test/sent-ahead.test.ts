import { describe, expect, it } from 'vitest'
import { pooled, rejection } from './helpers.js'

const sharedCounter = (): Int32Array<SharedArrayBuffer> => new Int32Array(new SharedArrayBuffer(4))

/** A pool that has seen a function run shortly, often enough to believe it. */
async function trained(maxThreads: number) {
  const { pool, tasks } = pooled({ maxThreads, killGrace: 10 })
  const counter = sharedCounter()
  const call = (ms: number) => tasks.sometimesLong(counter, ms)
  await Promise.all(Array.from({ length: maxThreads }, () => tasks.spin(20)))
  for (let n = 0; n < 40; n++) await call(0)
  Atomics.store(counter, 0, 0)
  return { pool, tasks, counter, call }
}

describe('short calls', () => {
  it('are sent ahead to a thread that is busy with short ones', async () => {
    const { pool, call } = await trained(1)
    const calls = [call(0).start(), call(0).start()]
    expect(pool.stats()).toMatchObject({ queued: 0, running: 2 })
    await Promise.all(calls)
  })

  it('of a function that is not known yet wait for a free thread', async () => {
    const { pool, tasks } = pooled({ maxThreads: 1 })
    const calls = [1, 2, 3].map(n => tasks.add(n, n).start())
    expect(pool.stats()).toMatchObject({ queued: 2, running: 1 })
    await Promise.all(calls)
  })

  it('are not sent behind a call that is known to be long', async () => {
    const { pool, tasks, call } = await trained(1)
    const long = tasks.spin(30).start()
    const short = call(0).start()
    expect(pool.stats()).toMatchObject({ queued: 1, running: 1 })
    await Promise.all([long, short])
  })

  it('behind one that turns out to be long run elsewhere, and once', async () => {
    const { counter, call } = await trained(2)
    const order: number[] = []
    const calls = [300, ...Array.from({ length: 19 }, () => 0)].map(ms =>
      call(ms).then(done => order.push(done))
    )
    await Promise.all(calls)
    expect(order.at(-1)).toBe(300)
    expect(order).toHaveLength(20)
    expect(Atomics.load(counter, 0)).toBe(20)
  })

  it('behind one that turns out to be long run elsewhere while the caller is blocked, too', async () => {
    const { counter, call } = await trained(2)
    const long = call(300).start()
    const short = Array.from({ length: 19 }, () => call(0).start())
    expect(short.map(future => future.waitSync())).toEqual(short.map(() => 0))
    await expect(Promise.race([long, Promise.resolve('still running')])).resolves.toBe('still running')
    expect(long.waitSync()).toBe(300)
    expect(Atomics.load(counter, 0)).toBe(20)
  })

  it('of a thread that runs many at once run once, though a blocked caller waits long for them', () => {
    const { tasks } = pooled({ maxThreads: 1, concurrencyPerThread: 500 })
    const counter = sharedCounter()
    tasks.sometimesLong(counter, 0).runSync()
    const long = tasks.spin(120).start()
    const behind = Array.from({ length: 300 }, () => tasks.sometimesLong(counter, 0).start())
    long.waitSync()
    for (const future of behind) future.waitSync()
    expect(tasks.add(1, 2).runSync()).toBe(3)
    expect(Atomics.load(counter, 0)).toBe(301)
  })

  it('behind one that is ended for its timeout run elsewhere, and once', async () => {
    const { counter, call } = await trained(1)
    const stuck = rejection(call(1e6).with({ timeout: 20 }))
    const short = Array.from({ length: 19 }, () => call(0))
    expect(await Promise.all(short)).toEqual(short.map(() => 0))
    expect(await stuck).toMatchObject({ code: 'BRIDGE_TIMEOUT' })
    expect(Atomics.load(counter, 0)).toBe(20)
  })
})

describe('threads that die under many calls', () => {
  it('lose only what they ran: every call settles once, with its own answer or WorkerLostError', async () => {
    const { pool, tasks } = pooled({ maxThreads: 2 })
    const settled: (number | string)[] = []
    const calls = Array.from({ length: 3000 }, (_, n) => {
      const call: Promise<number> = n % 100 === 50 ? tasks.exit(1) : tasks.add(n, 0)
      return call.then(
        answer => settled.push(answer),
        (error: { code: string }) => settled.push(error.code)
      )
    })
    await Promise.all(calls)
    expect(settled).toHaveLength(3000)
    const answers = settled.filter(outcome => typeof outcome === 'number')
    expect(new Set(answers).size).toBe(answers.length)
    expect(new Set(settled.filter(outcome => typeof outcome === 'string'))).toEqual(
      new Set(['BRIDGE_WORKER_LOST'])
    )
    // The thirty that exit, and at the worst what their thread had started beside them.
    expect(answers.length).toBeGreaterThan(2900)
    expect(pool.stats().threads).toBeLessThanOrEqual(2)
    expect(await tasks.add(1, 2)).toBe(3)
  })
})
