import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { latch, pooled, rejection, TASKS, type Tasks, thrown } from './helpers.js'

describe('pool.pin()', () => {
  it('gives a thread of its own, which keeps its state and which no other call shares', async () => {
    const { pool, tasks } = pooled({ maxThreads: 2 })
    const own = pool.pin().import<Tasks>(TASKS)
    const mine = await own.thread()
    const others = await Promise.all([tasks.thread(), tasks.thread(), tasks.thread()])
    expect(others).not.toContain(mine)
    expect([await own.count(), await own.count()]).toEqual([1, 2])
  })

  it('is not delayed by calls that occupy every thread of its pool', async () => {
    const { pool, tasks } = pooled({ maxThreads: 1 })
    const { word, open } = latch()
    const held = tasks.holdUntil(word).start()
    expect(await pool.pin().import<Tasks>(TASKS).add(1, 2)).toBe(3)
    open()
    await held
  })

  it('can be blocked on and awaited, and each pin is another thread', async () => {
    const { pool } = pooled()
    const one = pool.pin().importSync<Tasks>(TASKS)
    const other = pool.pin().import<Tasks>(TASKS)
    expect(one.thread()).not.toBe(await other.thread())
    expect(inspect(pool.pin())).toContain('pool (pinned)')
  })

  it('is closed with its pool, and by itself without it', async () => {
    const { pool, tasks } = pooled()
    const [first, second] = [pool.pin(), pool.pin()]
    await first.close()
    expect(await rejection(first.import<Tasks>(TASKS).add(1, 2))).toMatchObject({ code: 'BRIDGE_CLOSED' })
    expect(await tasks.add(1, 2)).toBe(3)
    await pool.close()
    expect(await rejection(second.import<Tasks>(TASKS).add(1, 2))).toMatchObject({ code: 'BRIDGE_CLOSED' })
  })

  it('is refused by a pool that is closed', async () => {
    const { pool } = pooled()
    await pool.close()
    expect(thrown(() => pool.pin())).toMatchObject({ code: 'BRIDGE_CLOSED' })
  })
})
