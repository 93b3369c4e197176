import { createPool } from '@bridge/pool'
import { describe, expect, it } from 'vitest'
import { pooled, rejection, TASKS } from './helpers.js'

describe('awaited calls', () => {
  it('resolve to the result of a synchronous function', async () => {
    expect(await pooled().tasks.add(1, 2)).toBe(3)
  })

  it('give what an async function resolves to', async () => {
    expect(await pooled().tasks.addLater(1, 2)).toBe(3)
  })

  it('await the promise that a plain function returns', async () => {
    expect(await pooled().tasks.addPromised(1, 2)).toBe(3)
  })

  it('give each of a thousand concurrent calls its own answer', async () => {
    const { tasks } = pooled()
    const answers = await Promise.all(Array.from({ length: 1000 }, (_, n) => tasks.add(n, 1)))
    expect(answers).toEqual(Array.from({ length: 1000 }, (_, n) => n + 1))
  })

  it('use as many threads as allowed, and no more', async () => {
    const { tasks, pool } = pooled({ maxThreads: 2 })
    const threads = await Promise.all([1, 2, 3, 4].map(() => tasks.spin(50)))
    expect(new Set(threads).size).toBe(2)
    expect(pool.stats().threads).toBe(2)
  })

  it('run even when they are not awaited', async () => {
    const { tasks } = pooled({ maxThreads: 1 })
    tasks.count()
    expect(await tasks.count()).toBe(2)
  })

  it('run several at once on a thread if concurrencyPerThread allows it', async () => {
    const { tasks } = pooled({ maxThreads: 1, concurrencyPerThread: 2 })
    const gate = tasks.gate().start()
    await tasks.open('through')
    expect(await gate).toBe('through')
  })

  it('are refused with QueueFullError when maxQueue calls wait already', async () => {
    const { tasks } = pooled({ maxThreads: 1, maxQueue: 1 })
    const running = tasks.spin(30).start()
    const waiting = tasks.add(1, 2).start()
    const refused = await rejection(tasks.add(3, 4))
    expect(refused).toMatchObject({ name: 'QueueFullError', code: 'BRIDGE_QUEUE_FULL' })
    expect(refused.message).toContain('add()')
    expect(await waiting).toBe(3)
    await running
  })

  it('start no thread before the first of them', async () => {
    const { pool, tasks } = pooled()
    expect(pool.stats().threads).toBe(0)
    await tasks.add(1, 2)
    expect(pool.stats().threads).toBe(1)
  })

  it('give their task its name and deadline', async () => {
    const { tasks } = pooled()
    const before = Date.now()
    const info = await tasks.taskInfo().with({ timeout: 5000 })
    expect(info.name).toBe('taskInfo')
    expect(info.aborted).toBe(false)
    expect(info.deadline).toBeGreaterThan(before)
    expect(info.deadline).toBeLessThan(before + 10_000)
  })
})

describe('createPool', () => {
  it.each([
    [{ maxThreads: 0 }, 'maxThreads must be a whole number of at least 1, got 0'],
    [{ killGrace: -1 }, 'killGrace must be a number of milliseconds, zero or more, got -1'],
    [{ minThreads: 3, maxThreads: 2 }, 'minThreads must not exceed maxThreads (2), got 3'],
    [{ threads: 2 }, "there is no option 'threads'"],
    [{ name: 7 }, 'name must be a string, got 7'],
    [{ execArgv: '--flag' }, "execArgv must be an array of strings, got '--flag'"]
  ])('refuses %j', (options, message) => {
    expect(() => createPool(options as never)).toThrow(message)
  })

  it('refuses a module that is neither a URL nor an absolute path', () => {
    expect(() => createPool().import('./tasks.js')).toThrow('url must be a URL or an absolute path')
  })

  it('starts minThreads threads with the first call', async () => {
    const { pool, tasks } = pooled({ minThreads: 2 })
    await tasks.add(1, 2)
    expect(pool.stats().threads).toBe(2)
  })

  it('gives its threads the environment of its options', async () => {
    const pool = createPool({ env: { ONLY: 'this' } })
    const { env } = pool.import<{ env(): NodeJS.ProcessEnv }>(new URL('./env.mjs', TASKS))
    expect((await env()).ONLY).toBe('this')
    await pool.close()
  })
})
