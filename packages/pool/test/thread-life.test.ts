import { describe, expect, it } from 'vitest'
import { latch, pooled, rejection, runScript, TASKS, threadEvents } from './helpers.js'

const fixture = (name: string): URL => new URL(`./fixtures/${name}`, import.meta.url)

describe('idleTimeout', () => {
  it('ends the threads beyond minThreads that have nothing to do', async () => {
    const { pool, tasks } = pooled({ maxThreads: 3, idleTimeout: 20, name: 'idlers' })
    const events = threadEvents('idlers')
    const met = latch()
    await Promise.all([1, 2, 3].map(() => tasks.meet(met.word, 3)))
    await events.ended(2)
    expect(pool.stats()).toMatchObject({ threads: 1, ended: { byCause: { idle: 2 } } })
    expect(await tasks.add(1, 2)).toBe(3)
  })

  it('ends all of them where minThreads is 0', async () => {
    const { pool, tasks } = pooled({ minThreads: 0, idleTimeout: 1, name: 'none' })
    const events = threadEvents('none')
    await tasks.add(1, 2)
    await events.ended(1)
    expect(pool.stats().threads).toBe(0)
  })

  it('does not end a thread with an open stream', async () => {
    const { pool, tasks } = pooled({ maxThreads: 2, minThreads: 0, idleTimeout: 1, name: 'streaming' })
    const events = threadEvents('streaming')
    const stream = tasks.numbers(Infinity)[Symbol.asyncIterator]()
    expect((await stream.next()).value).toBe(0)
    const gate = latch()
    // It is on the second thread, whose end shows that idle ones have been looked for.
    const held = tasks.holdUntil(gate.word).start()
    const other = tasks.thread().start()
    gate.open()
    await Promise.all([held, other])
    await events.ended(1)
    expect(pool.stats()).toMatchObject({ threads: 1, streams: 1 })
    expect((await stream.next()).value).toBe(1)
    await stream.return(undefined)
    await events.ended(2)
  })

  it('keeps no process alive, and leaves no timer behind', async () => {
    const script = `
      import { createPool } from '@bridge/pool'
      const pool = createPool({ idleTimeout: 60_000, maxThreads: 2 })
      const tasks = pool.import(${JSON.stringify(TASKS.href)})
      await Promise.all([tasks.spin(5), tasks.spin(5)])
      await pool.close()
      console.log(process.getActiveResourcesInfo().filter(name => name === 'Timeout'))
      createPool({ idleTimeout: 60_000 }).import(${JSON.stringify(TASKS.href)}).add(1, 2).then(console.log)
    `
    expect(await runScript(script)).toEqual({ code: 0, stdout: '[]\n3\n', stderr: '' })
  })
})

describe('minThreads', () => {
  it('is kept by threads that replace those that end, without a call', async () => {
    const { pool, tasks } = pooled({ minThreads: 2, maxThreads: 3, name: 'floor' })
    const { ended } = threadEvents('floor')
    await tasks.add(1, 2)
    await Promise.all([rejection(tasks.exit(1)), rejection(tasks.exit(1))])
    await ended(2)
    expect(pool.stats().threads).toBe(2)
    await pool.warmUp()
    expect(pool.stats().ended.byCause).toEqual({ exit: 2 })
  })

  it('is kept while this thread is blocked, too', () => {
    const { pool, tasks } = pooled({ minThreads: 2, maxThreads: 2 })
    expect(() => tasks.exit(1).runSync()).toThrow(/exited with code 1/)
    expect(pool.stats().threads).toBe(2)
    expect(tasks.add(1, 2).runSync()).toBe(3)
  })

  it('of none starts none before a call', async () => {
    const { pool, tasks } = pooled({ minThreads: 0, maxThreads: 1, name: 'no floor' })
    const { ended } = threadEvents('no floor')
    await rejection(tasks.exit(1))
    await ended(1)
    expect(pool.stats().threads).toBe(0)
    expect(await tasks.add(1, 2)).toBe(3)
  })

  it('is tried again if threads do not start, without keeping the process alive', async () => {
    const script = `
      import { subscribe } from 'node:diagnostics_channel'
      import { createPool } from '@bridge/pool'
      const setup = new URL(${JSON.stringify(fixture('throws-on-import.mjs').href)})
      const pool = createPool({ maxThreads: 1, setup })
      const thrice = new Promise(resolve => {
        let count = 0
        subscribe('bridge:pool:thread', ({ event }) => event === 'ended' && ++count === 3 && resolve())
      })
      const { add } = pool.import(${JSON.stringify(TASKS.href)})
      await add(1, 2).then(undefined, error => console.log(error.code))
      const waiting = setInterval(() => {}, 10_000)
      await thrice
      clearInterval(waiting)
      console.log(pool.stats().ended.byCause)
    `
    const { code, stdout } = await runScript(script)
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'BRIDGE_TASK_NOT_FOUND\n{ setup: 3 }\n' })
  })

  it('starts nothing any more once the pool is closed', async () => {
    const { pool, tasks } = pooled({ minThreads: 2, maxThreads: 2, name: 'shut floor' })
    const events = threadEvents('shut floor')
    await tasks.add(1, 2)
    await pool.close()
    expect(events.started).toBe(2)
    expect(pool.stats().threads).toBe(0)
  })
})

describe('recycleAfter', () => {
  it('replaces a thread after so many calls', async () => {
    const { pool, tasks } = pooled({ maxThreads: 1, recycleAfter: { calls: 3 } })
    const threads = []
    for (let n = 0; n < 7; n++) threads.push(await tasks.thread())
    expect(new Set(threads.slice(0, 3)).size).toBe(1)
    expect(new Set(threads.slice(3, 6)).size).toBe(1)
    expect(new Set(threads).size).toBe(3)
    expect(pool.stats().ended.byCause).toEqual({ recycled: 2 })
  })

  it('counts calls that fail, too', async () => {
    const { pool, tasks } = pooled({ maxThreads: 1, recycleAfter: { calls: 1 } })
    await rejection(tasks.overQuota())
    expect(pool.stats().ended.byCause).toEqual({ recycled: 1 })
  })

  it('lets calls that were sent to the thread end first', async () => {
    const { tasks } = pooled({ maxThreads: 1, concurrencyPerThread: 8, recycleAfter: { calls: 5 } })
    const sums = await Promise.all(Array.from({ length: 100 }, (_, n) => tasks.addLater(n, 0)))
    expect(sums).toEqual(Array.from({ length: 100 }, (_, n) => n))
  })

  it('replaces a thread that uses more heap than it may', async () => {
    const { pool, tasks } = pooled({ maxThreads: 1, recycleAfter: { heap: 40 } })
    const small = await tasks.leak(1)
    expect(await tasks.leak(60)).toBe(small)
    expect(await tasks.leak(1)).not.toBe(small)
    const [end] = pool.stats().ended.last
    expect(end).toMatchObject({ cause: 'recycled', threadId: small })
    expect(end?.why).toMatch(/^it uses \d+ MB of heap \(recycleAfter\.heap: 40\)$/)
  })

  it('waits for an open stream, and meanwhile the thread takes calls', async () => {
    const { pool, tasks } = pooled({ maxThreads: 1, recycleAfter: { calls: 1 }, name: 'busy' })
    const events = threadEvents('busy')
    const stream = tasks.numbers(Infinity)[Symbol.asyncIterator]()
    await stream.next()
    const [first, second] = [await tasks.thread(), await tasks.thread()]
    expect(second).toBe(first)
    expect(pool.stats().ended.byCause).toEqual({})
    await stream.return(undefined)
    await events.ended(1)
    expect(await tasks.thread()).not.toBe(first)
  })

  it('lets the keys of the thread move', async () => {
    const { tasks } = pooled({ maxThreads: 1, recycleAfter: { calls: 2 } })
    const threads = await Promise.all([1, 2, 3, 4].map(() => tasks.thread().with({ affinity: 'a' })))
    expect(new Set(threads).size).toBe(2)
  })
})

describe('setup', () => {
  it('is imported in every thread before its first call', async () => {
    const { tasks } = pooled({ setup: fixture('setup.mjs') })
    expect(await Promise.all([tasks.isSetUp(), tasks.isSetUp()])).toEqual([true, true])
    expect(tasks.isSetUp().runSync()).toBe(true)
  })

  it.each([
    ['missing.mjs', 'there is no such file'],
    ['syntax-error.mjs', 'Unexpected end of input'],
    ['throws-on-import.mjs', 'at import']
  ])(
    'that fails (%s) rejects each call with the cause, and starts no thread by itself',
    async (file, message) => {
      const { pool, tasks } = pooled({ maxThreads: 1, setup: fixture(file), name: file })
      const events = threadEvents(file)
      for (const attempt of [1, 2]) {
        const errors = await Promise.all([rejection(tasks.add(1, 2)), rejection(tasks.add(3, 4))])
        for (const error of errors) {
          expect(error.message).toContain(message)
          expect(error.cause).toBeInstanceOf(Error)
        }
        // Those that were made together share one attempt; a later one tries again.
        expect(events.started).toBe(attempt)
      }
      expect(pool.stats()).toMatchObject({ threads: 0, ended: { byCause: { setup: 2 } } })
      expect(() => tasks.add(1, 2).runSync()).toThrow(message)
    }
  )

  it('that ends its thread fails the call that was waiting for it', async () => {
    const { tasks } = pooled({ maxThreads: 1, setup: fixture('setup-exits.mjs') })
    expect((await rejection(tasks.add(1, 2))).message).toContain('exited with code 5')
    expect(() => tasks.add(1, 2).runSync()).toThrow('exited with code 5')
  })
})

describe('warmUp()', () => {
  it('starts minThreads threads, and resolves when their setup has run', async () => {
    const { pool, tasks } = pooled({ minThreads: 2, setup: fixture('setup.mjs'), name: 'warm' })
    const events = threadEvents('warm')
    await pool.warmUp()
    expect(pool.stats().threads).toBe(2)
    expect(await tasks.isSetUp()).toBe(true)
    await pool.warmUp()
    expect(events.started).toBe(2)
  })

  it('rejects with the error that prevents the threads from starting', async () => {
    expect(
      (await rejection(pooled({ setup: fixture('throws-on-import.mjs') }).pool.warmUp())).message
    ).toContain('at import')
    expect(await rejection(pooled({ setup: fixture('setup-exits.mjs') }).pool.warmUp())).toMatchObject({
      code: 'BRIDGE_WORKER_LOST'
    })
    expect((await rejection(pooled({ execArgv: ['--no-such-flag'] }).pool.warmUp())).message).toMatch(
      /^warmUp\(\): pool can't create a thread/
    )
  })

  it('is refused after close()', async () => {
    const { pool } = pooled()
    await pool.close()
    expect(await rejection(pool.warmUp())).toMatchObject({ code: 'BRIDGE_CLOSED' })
  })

  it('keeps the process alive until the threads are up, and not longer', async () => {
    const script = `
      import { createPool } from '@bridge/pool'
      await createPool({ minThreads: 2 }).warmUp()
      console.log('warm')
    `
    expect(await runScript(script)).toEqual({ code: 0, stdout: 'warm\n', stderr: '' })
  })
})
