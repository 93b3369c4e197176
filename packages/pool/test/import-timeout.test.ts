import { createPool, type PoolOptions } from '@bridge/pool'
import { describe, expect, it } from 'vitest'
import { pooled, rejection, TASKS, type Tasks, threadEvents, thrown } from './helpers.js'
import { type Slow, slowModule } from './slow-module.js'

describe('importTimeout', () => {
  const limited = (options: PoolOptions) => pooled({ maxThreads: 1, killGrace: 5, ...options }).pool

  it.each([
    ['a module that never loads', ''],
    ['a module that never loads and is busy', '&busy']
  ])('ends the thread of %s, and notifies the waiting caller', async (_, how) => {
    const pool = limited({ importTimeout: 2000 })
    const { url } = slowModule(how)
    const error = await rejection(pool.import<Slow>(url).entered())
    expect(error).toMatchObject({ code: 'BRIDGE_WORKER_LOST' })
    expect(error.message).toContain('the module of entered() was not imported within 2000 ms (importTimeout)')
    expect(thrown(() => pool.import<Slow>(url).entered().runSync()).message).toContain('(importTimeout)')
    expect(await pool.import<Tasks>(TASKS).add(1, 2)).toBe(3)
  })

  it('ends a thread whose setup never ends, and notifies the waiting caller', async () => {
    const { url } = slowModule('&busy')
    const pool = limited({ setup: url, importTimeout: 300 })
    const { add } = pool.import<Tasks>(TASKS)
    const error = await rejection(add(1, 2))
    expect(error).toMatchObject({ code: 'BRIDGE_WORKER_LOST' })
    expect(error.message).toContain('it did not start within 300 ms (importTimeout)')
    expect(thrown(() => add(1, 2).runSync()).message).toContain('(importTimeout)')
    expect((await rejection(pool.warmUp())).message).toContain('(importTimeout)')
  })

  it('may be Infinity', async () => {
    const pool = limited({ importTimeout: Infinity })
    const { url, open } = slowModule('')
    const called = pool.import<Slow>(url).entered().start()
    await rejection(pool.import<Slow>(url).entered().with({ timeout: 100 }))
    open()
    expect(await called).toBe(1)
  })

  it.each([-1, Number.NaN, '5' as never])('refuses %j', importTimeout => {
    expect(() => createPool({ importTimeout })).toThrow('importTimeout must be a number of milliseconds')
  })
})

describe('a thread that starts slowly', () => {
  it('continues to start when a call is ended by its timeout, and the next call finds it started', async () => {
    const name = 'slow start'
    const events = threadEvents(name)
    const { url, open } = slowModule('')
    const { tasks } = pooled({ name, maxThreads: 1, setup: url, killGrace: 5 })
    for (let round = 0; round < 3; round++) await rejection(tasks.add(1, 2).with({ timeout: 30 }))
    // Less than what it waits for the start, and far more than what it runs, also where the machine is busy.
    const counted = tasks.add(1, 2).with({ runTimeout: 500 }).start()
    thrown(() => tasks.add(1, 2).with({ timeout: 600 }).runSync())
    open()
    expect(await counted).toBe(3)
    expect(events.started).toBe(1)
  })

  it('keeps the position of a call that waits behind a call that is ended meanwhile', async () => {
    const { url, open } = slowModule('')
    const { pool, tasks } = pooled({ maxThreads: 1, concurrencyPerThread: 8, killGrace: 5 })
    await tasks.add(0, 0)
    const { entered } = pool.import<Slow>(url)
    const left = rejection(entered().with({ timeout: 50 }).start())
    const behind = [entered().start(), entered().start(), entered().start()]
    await left
    open()
    expect(await Promise.all(behind)).toEqual([1, 2, 3])
  })
})
