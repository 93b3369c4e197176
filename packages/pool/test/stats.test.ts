import { inspect } from 'node:util'
import { createPool } from '@bridge/pool'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { latch, pooled, quicken, rejection, threadEvents } from './helpers.js'

describe('stats()', () => {
  it.each([
    [{ maxThreads: 3 }, 3],
    [{ maxThreads: 2, concurrencyPerThread: 4 }, 8],
    [{ minThreads: 64 }, 64]
  ])('has the number of calls that run at once in a pool with %o', async (options, places) => {
    await using pool = createPool(options)
    expect(pool.stats().places).toBe(places)
    await using pinned = pool.pin()
    expect(pinned.stats().places).toBe('concurrencyPerThread' in options ? options.concurrencyPerThread : 1)
  })

  it('counts running and waiting calls', async () => {
    const { pool, tasks } = pooled({ maxThreads: 1 })
    const gate = latch()
    const calls = [tasks.holdUntil(gate.word).start(), tasks.add(1, 2).start(), tasks.add(3, 4).start()]
    expect(pool.stats()).toMatchObject({ threads: 1, running: 1, queued: 2, streams: 0 })
    gate.open()
    await Promise.all(calls)
    expect(pool.stats()).toMatchObject({ running: 0, queued: 0 })
  })

  it('reports how long calls waited and ran', async () => {
    const { pool, tasks } = pooled({ maxThreads: 1 })
    await Promise.all([tasks.spin(20), tasks.spin(20)])
    const { wait, run } = pool.stats()
    expect(run).toMatchObject({ count: 2 })
    expect(run.p50).toBeGreaterThanOrEqual(19.5)
    expect(run.min).toBeGreaterThanOrEqual(19.5)
    expect(run.mean).toBeGreaterThanOrEqual(run.min)
    expect(run.max).toBeGreaterThanOrEqual(run.mean)
    expect(run.stddev).toBeLessThanOrEqual(run.max - run.min)
    expect(run.p99).toBeGreaterThanOrEqual(run.p50)
    expect(wait).toMatchObject({ count: 2 })
    // The second waited for the first.
    expect(wait.max).toBeGreaterThanOrEqual(19.5)
    expect(wait.stddev).toBeGreaterThan(0)
  })

  it('reports how long calls ran that a thread runs inside another call, which waits for them', async () => {
    const { pool, tasks } = pooled({ maxThreads: 1 })
    const { callNow } = pool.import<{ callNow: (fn: () => unknown) => unknown }>(
      new URL('./fixtures/callback-tasks.mjs', import.meta.url)
    )
    await callNow(() => tasks.spin(20).runSync())
    expect(pool.stats().run).toMatchObject({ count: 2 })
    expect(pool.stats().run.min).toBeGreaterThanOrEqual(19.5)
  })

  it('reports zero for all times if no call has ended', () => {
    const { pool } = pooled({ maxThreads: 1 })
    const none = { count: 0, min: 0, mean: 0, stddev: 0, p50: 0, p99: 0, max: 0 }
    expect(pool.stats()).toMatchObject({ wait: none, run: none, threadIds: [] })
  })

  it('names the threads by their ids', async () => {
    const { pool, tasks } = pooled({ maxThreads: 1 })
    expect(pool.stats().threadIds).toEqual([])
    const thread = await tasks.thread()
    expect(pool.stats().threadIds).toEqual([thread])
  })

  it('counts the calls that another thread took over from one that a long call keeps busy', async () => {
    const { pool, tasks } = pooled({ maxThreads: 2 })
    const counter = new Int32Array(new SharedArrayBuffer(4))
    expect(pool.stats()).toMatchObject({ resent: 0, stolen: 0 })
    await Promise.all([tasks.spin(20), tasks.spin(20)])
    await quicken(() => tasks.sometimesLong(counter, 0))
    // On a busy machine a thread may be late for a single call, too.
    const before = pool.stats()
    await Promise.all(
      [300, ...Array.from({ length: 19 }, () => 0)].map(ms => tasks.sometimesLong(counter, ms))
    )
    const { resent, stolen } = pool.stats()
    expect(stolen).toBeGreaterThan(before.stolen)
    expect(stolen).toBeLessThanOrEqual(resent)
  })

  it('counts the calls that are sent again since their thread had ended before it started them', async () => {
    const { pool, tasks } = pooled({ maxThreads: 1, killGrace: 10 })
    const counter = new Int32Array(new SharedArrayBuffer(4))
    await quicken(() => tasks.sometimesLong(counter, 0))
    const exits = rejection(tasks.sometimesLong(counter, 1e6).with({ timeout: 20 }))
    await Promise.all([exits, ...Array.from({ length: 19 }, () => tasks.sometimesLong(counter, 0))])
    const { resent, stolen } = pool.stats()
    expect(resent).toBeGreaterThan(0)
    expect(stolen).toBe(0)
  })

  it('counts no call that is sent once, nor one that waited', async () => {
    const { pool, tasks } = pooled({ maxThreads: 1 })
    await Promise.all([tasks.add(1, 2), tasks.add(3, 4), tasks.exit(1).catch(() => {}), tasks.add(5, 6)])
    expect(tasks.add(7, 8).runSync()).toBe(15)
    expect(pool.stats()).toMatchObject({ resent: 0, stolen: 0 })
  })

  it('reports how busy the threads are', async () => {
    const { pool, tasks } = pooled({ maxThreads: 1 })
    expect(pool.stats().utilization).toBe(0)
    await tasks.spin(50)
    const { utilization } = pool.stats()
    expect(utilization).toBeGreaterThan(0)
    expect(utilization).toBeLessThanOrEqual(1)
  })

  it('counts a call that merely waits as busy, and a thread without one as idle', async () => {
    const { pool, tasks } = pooled({ maxThreads: 1 })
    await tasks.add(1, 2)
    const controller = new AbortController()
    const waiting = rejection(tasks.waitForAbort().with({ signal: controller.signal }))
    await expect.poll(() => pool.stats().utilization, { timeout: 20_000 }).toBeGreaterThan(0.5)
    controller.abort()
    await waiting
    await expect.poll(() => pool.stats().utilization, { timeout: 20_000 }).toBeLessThan(0.4)
  })

  it('counts the places of a thread that runs several calls at once, and those that wait take none', async () => {
    const { pool, tasks } = pooled({ maxThreads: 1, concurrencyPerThread: 4 })
    await tasks.add(1, 2)
    const controller = new AbortController()
    const wait = (calls: number) =>
      Promise.allSettled(
        Array.from({ length: calls }, () => tasks.waitForAbort().with({ signal: controller.signal }))
      )
    const one = wait(1)
    await expect.poll(() => pool.stats().utilization, { timeout: 20_000 }).toBeGreaterThan(0.15)
    expect(pool.stats().utilization).toBeLessThanOrEqual(0.25)
    const more = wait(30)
    await expect.poll(() => pool.stats().utilization, { timeout: 20_000 }).toBeGreaterThan(0.6)
    expect(pool.stats().utilization).toBeLessThanOrEqual(1)
    controller.abort()
    await Promise.all([one, more])
  })

  it.each([
    ['exit', ['exit', 3], {}, 'exited with code 3'],
    ['error', ['uncaught'], {}, 'uncaught TypeError: not caught'],
    ['error', ['unhandled'], {}, 'uncaught TypeError: not handled'],
    ['memory', ['exhaust'], { resourceLimits: { maxOldGenerationSizeMb: 16 } }, 'memory'],
    ['killed', ['spinForever'], { killGrace: 5 }, 'did not stop within 5 ms']
  ] as const)('says that a thread ended by %s, once (%j)', async (cause, [name, ...args], options, why) => {
    const { pool, tasks, call } = pooled({ maxThreads: 1, ...options })
    const threadId = await tasks.thread()
    const failing = call(name, ...args).with(cause === 'killed' ? { timeout: 20 } : {})
    const error = await rejection(failing)
    expect(error.code).toBe(cause === 'killed' ? 'BRIDGE_TIMEOUT' : 'BRIDGE_WORKER_LOST')
    expect(await tasks.add(1, 2)).toBe(3)
    const { threads, ended } = pool.stats()
    expect(threads).toBe(1)
    expect(ended.byCause).toEqual({ [cause]: 1 })
    expect(ended.last).toHaveLength(1)
    expect(ended.last[0]).toMatchObject({ cause, threadId, why: expect.stringContaining(why) })
  })

  it.each(['throwsAfterwards', 'rejectsAfterwards'] as const)(
    'keeps the error that ended a thread outside of any call, with its stack: %s',
    async name => {
      const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
      onTestFinished(() => printed.mockRestore())
      const { pool, tasks } = pooled({ maxThreads: 1, name })
      const told = threadEvents(name)
      expect(await tasks[name]()).toBe('answered')
      await told.ended(1)
      const error = {
        name: 'TypeError',
        message: 'no call waits for me',
        stack: expect.stringContaining('throwsLate')
      }
      expect(pool.stats().ended.last).toMatchObject([{ cause: 'error', error }])
      expect(told.events.find(({ event }) => event === 'ended')).toMatchObject({ error })
      expect(printed.mock.calls).toMatchObject([[expect.stringContaining(name), error]])
      expect(await tasks.add(1, 2)).toBe(3)
    }
  )

  it('remembers the last ten ends, and counts them all', async () => {
    const { pool, tasks } = pooled({ maxThreads: 1, recycleAfter: { calls: 1 } })
    for (let n = 0; n < 12; n++) await tasks.add(n, n)
    const { byCause, last } = pool.stats().ended
    expect(byCause).toEqual({ recycled: 12 })
    expect(last).toHaveLength(10)
  })
})

describe('the channel bridge:pool:thread', () => {
  it('reports each thread that starts and ends, and why', async () => {
    const { pool, tasks } = pooled({ maxThreads: 1, name: 'told' })
    const { events } = threadEvents('told')
    const threadId = await tasks.thread()
    await pool.close()
    expect(events).toEqual([
      { event: 'started', pool: 'told', threadId },
      { event: 'ended', pool: 'told', threadId, cause: 'closed', why: 'told was closed' }
    ])
  })
})

describe('a pool', () => {
  it('prints on one line', async () => {
    const { pool, tasks } = pooled({ maxThreads: 1, name: 'images' })
    await tasks.add(1, 2)
    expect(inspect(pool)).toBe('Executor images (1 threads, 0 running, 0 queued, 0 streams)')
  })
})

describe('createPool', () => {
  it.each([
    [{ idleTimeout: -1 }, 'idleTimeout must be a number of milliseconds, zero or more, got -1'],
    [{ recycleAfter: 5 }, 'recycleAfter: options must be an object, got 5'],
    [{ recycleAfter: { call: 5 } }, "there is no option 'call'; the options are calls, heap"],
    [{ recycleAfter: { calls: 0 } }, 'recycleAfter.calls must be a whole number of at least 1, got 0'],
    [
      { recycleAfter: { heap: '1 GB' } },
      "recycleAfter.heap must be a whole number of at least 1, got '1 GB'"
    ],
    [
      { setup: './setup.js' },
      "setup must be a URL or an absolute path, as in new URL('./tasks.js', import.meta.url)"
    ]
  ])('refuses %j', (options, message) => {
    expect(() => pooled(options as never)).toThrow(message)
  })
})
