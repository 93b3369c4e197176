import { describe, expect, it } from 'vitest'
import { pooled, rejection, TASKS, type Tasks, thrown } from './helpers.js'
import { drained, executors } from './left-helpers.js'

describe.each(['pool', 'loop'] as const)('a stream of %s that was left', name => {
  it('has its thread terminated if it keeps it busy, so that the next call is served', async () => {
    const pool = executors[name]({ killGrace: 20 })
    const tasks = pool.import<Tasks>(TASKS)
    const thread = await tasks.thread()
    await rejection(drained(tasks.spinsWhenOpened().with({ timeout: 500 })))
    await tasks.open(undefined)
    expect(await tasks.thread()).not.toBe(thread)
  })

  it('has its thread terminated if it keeps it busy, also while this thread is blocked', async () => {
    const pool = executors[name]({ killGrace: 20 })
    const tasks = pool.importSync<Tasks>(TASKS)
    const thread = tasks.thread()
    const items = pool.import<Tasks>(TASKS).spinsWhenOpened().with({ timeout: 500 })
    thrown(() => [...items])
    tasks.open(undefined)
    expect(tasks.thread()).not.toBe(thread)
  })
})

describe('a stream that never ends a step', () => {
  it('has its thread terminated by its timeout while this thread is blocked by a later call', async () => {
    const { tasks } = pooled({ maxThreads: 1, killGrace: 5 })
    await tasks.add(0, 0)
    const items = tasks.spinsInside().with({ timeout: 200 })[Symbol.asyncIterator]()
    await items.next()
    const pull = rejection(items.next())
    expect(tasks.add(1, 2).runSync()).toBe(3)
    expect(await pull).toMatchObject({ code: 'BRIDGE_TIMEOUT' })
  })
})
