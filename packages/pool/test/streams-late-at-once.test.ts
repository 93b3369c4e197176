import { runScope } from '@bridge/core'
import { describe, expect, it } from 'vitest'
import { pooled, rejection, TASKS, type Tasks, thrown } from './helpers.js'
import { ENDS_IN, executors, opened, readOn, STREAMS, timeToOpen, woundUp } from './left-helpers.js'

describe.each(['pool', 'loop'] as const)('a thread of %s', name => {
  it('that closes many generators at one deadline does not count as stuck', async () => {
    const tasks = executors[name]().import<Tasks>(TASKS)
    const timeout = await timeToOpen(() => tasks.numbersLater(2))
    const [thread, before] = [await tasks.thread(), await tasks.finallyCount()]
    const all = await runScope({ timeout }, () => opened(() => tasks.endsSlowly(ENDS_IN)))
    await Promise.all(all.map(items => rejection(readOn(items))))
    await woundUp(tasks, before)
    expect(await tasks.thread()).toBe(thread)
  })

  it('that closes many generators does not count as stuck for a blocked caller', async () => {
    const pool = executors[name]()
    const tasks = pool.import<Tasks>(TASKS)
    const blocking = pool.importSync<Tasks>(TASKS)
    const timeout = await timeToOpen(() => tasks.numbersLater(2))
    const [thread, before] = [blocking.thread(), blocking.finallyCount()]
    const deadline = Date.now() + timeout
    const all = await runScope({ deadline }, () => opened(() => tasks.endsSlowly(ENDS_IN)))
    expect(thrown(() => [...tasks.endsSlowly(ENDS_IN).with({ timeout })])).toMatchObject({
      code: 'BRIDGE_TIMEOUT'
    })
    while (blocking.finallyCount() < before + STREAMS);
    expect(blocking.thread()).toBe(thread)
    await Promise.all(all.map(items => rejection(readOn(items))))
  })
})

describe('a call beside many generators that are left at once', () => {
  it('is stopped when its thread reads the message, and cleans up', async () => {
    // The thread counts as stuck if it does not run for that long, which other programs may cause.
    const killGrace = 400
    const { tasks } = pooled({ maxThreads: 1, concurrencyPerThread: 2, killGrace })
    const thread = await tasks.thread()
    const stop = new AbortController()
    const all = await opened(() => tasks.endsSlowly((3 * killGrace) / STREAMS).with({ signal: stop.signal }))
    const call = rejection(tasks.waitForAbort().with({ signal: stop.signal }).start())
    await tasks.add(0, 0)
    const reason = new Error('the client has gone')
    stop.abort(reason)
    expect(await call).toBe(reason)
    await Promise.all(all.map(items => rejection(readOn(items))))
    do expect(await tasks.thread()).toBe(thread)
    while ((await tasks.finallyCount()) < STREAMS + 1)
  })

  it('that continues although it was cancelled has its thread terminated', async () => {
    const { tasks } = pooled({ maxThreads: 1, concurrencyPerThread: 2 })
    const thread = await tasks.thread()
    const stop = new AbortController()
    await opened(() => tasks.endsSlowly(1).with({ signal: stop.signal }))
    const call = rejection(tasks.spinForever().with({ signal: stop.signal, timeout: 300 }).start())
    expect(await call).toMatchObject({ code: 'BRIDGE_TIMEOUT' })
    expect(await tasks.thread()).not.toBe(thread)
  })
})

describe('a generator that never ends', () => {
  it('has its thread terminated although many others were stopped with it', async () => {
    const { tasks } = pooled({ maxThreads: 1 })
    const all = await opened(() => tasks.endsSlowly(1))
    const stuck = tasks.spinsInFinally()[Symbol.asyncIterator]()
    await stuck.next()
    const left = all.map(items => items.return?.())
    expect(await rejection(stuck.return?.() as Promise<unknown>)).toMatchObject({
      code: 'BRIDGE_WORKER_LOST'
    })
    await Promise.allSettled(left)
    expect(await tasks.add(1, 2)).toBe(3)
  })
})
