import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { pooled, rejection, thrown } from './helpers.js'

describe('a timeout', () => {
  it('ends a runaway task, names it and its limit, and the pool works again', async () => {
    const { tasks, pool } = pooled({ maxThreads: 1, killGrace: 10 })
    const before = await tasks.thread()
    const error = await rejection(tasks.spinForever().with({ timeout: 20 }))
    expect(error).toMatchObject({ name: 'CallTimeoutError', code: 'BRIDGE_TIMEOUT', timeout: 20 })
    expect(error.message).toContain('spinForever() did not finish within 20 ms')
    expect(await tasks.thread()).not.toBe(before)
    expect(pool.stats()).toMatchObject({ threads: 1, queued: 0, running: 0, streams: 0 })
  })

  it('ends a runaway blocking call', () => {
    const { tasks, pool } = pooled({ maxThreads: 1, killGrace: 10 })
    const error = thrown(() => tasks.spinForever().with({ timeout: 20 }).runSync())
    expect(error).toMatchObject({ code: 'BRIDGE_TIMEOUT', timeout: 20 })
    expect(tasks.add(1, 2).runSync()).toBe(3)
    expect(pool.stats().threads).toBe(1)
  })

  it('ends a started call that is waited for, though no timer fires meanwhile', () => {
    const { tasks } = pooled({ maxThreads: 1, killGrace: 10 })
    const future = tasks.spinForever().with({ timeout: 20 }).start()
    expect(thrown(() => future.waitSync())).toMatchObject({ code: 'BRIDGE_TIMEOUT', timeout: 20 })
    const second = tasks.spinForever().with({ runTimeout: 20 }).start()
    expect(thrown(() => second.waitSync())).toMatchObject({ code: 'BRIDGE_TIMEOUT', timeout: 20 })
    expect(tasks.add(1, 2).runSync()).toBe(3)
  })

  it('ends a blocking for', () => {
    const { tasks } = pooled({ maxThreads: 1, killGrace: 5000 })
    tasks.add(0, 0).runSync()
    const consume = (): void => {
      // Long enough for its generator to have come to its second step.
      for (const _ of tasks.pendingForever().with({ timeout: 1000 }));
    }
    expect(thrown(consume)).toMatchObject({ code: 'BRIDGE_TIMEOUT', timeout: 1000 })
    expect(tasks.finallyCount().runSync()).toBe(1)
  })

  it('keeps the thread of a task that stops when it is cancelled, in a synchronous loop', async () => {
    const { tasks } = pooled({ maxThreads: 1, killGrace: 5000 })
    const before = await tasks.thread()
    expect(await rejection(tasks.spinUntilAborted().with({ timeout: 20 }))).toMatchObject({
      code: 'BRIDGE_TIMEOUT'
    })
    expect(await tasks.thread()).toBe(before)
    expect(await tasks.abortCount()).toBe(1)
  })

  it('rejects the call only after the task has cleaned up', async () => {
    const { tasks } = pooled({ maxThreads: 1, killGrace: 5000 })
    await tasks.add(0, 0)
    await rejection(tasks.waitForAbort().with({ timeout: 20 }))
    expect(await tasks.finallyCount()).toBe(1)
  })

  it('counts the wait in the queue, where runTimeout does not', async () => {
    const { tasks } = pooled({ maxThreads: 1 })
    await tasks.add(0, 0)
    const busy = tasks.spin(400).start()
    const patient = tasks.add(1, 2).with({ runTimeout: 300 }).start()
    const error = await rejection(tasks.add(1, 2).with({ timeout: 20 }))
    expect(error).toMatchObject({ code: 'BRIDGE_TIMEOUT', timeout: 20 })
    expect(await patient).toBe(3)
    await busy
  })

  it('of an execution does not count the wait for other calls on its thread', async () => {
    const { pool, tasks } = pooled({ maxThreads: 1 })
    const { Thing } = pool.import<typeof import('./fixtures/objects.mjs')>(
      new URL('./fixtures/objects.mjs', import.meta.url)
    )
    const thing = new Thing()
    await thing.add()
    const busy = tasks.spin(400).start()
    await null
    const slow = thing.addAfter(400).with({ runTimeout: 600 })
    expect(await slow).toBe(2)
    await busy
    const [, stuck] = [thing.addAfter(100).start(), thing.addAfter(1e9).with({ runTimeout: 50 })]
    expect(await rejection(stuck)).toMatchObject({ code: 'BRIDGE_TIMEOUT', timeout: 50 })
  })

  it('by runTimeout ends the execution', async () => {
    const { tasks } = pooled({ killGrace: 10 })
    await tasks.add(0, 0)
    expect(await rejection(tasks.spinForever().with({ runTimeout: 20 }))).toMatchObject({
      code: 'BRIDGE_TIMEOUT',
      timeout: 20
    })
    expect(thrown(() => tasks.spinForever().with({ runTimeout: 20 }).runSync())).toMatchObject({
      timeout: 20
    })
  })

  it('that passed in the queue never reaches a thread', async () => {
    const { tasks } = pooled({ maxThreads: 1 })
    await tasks.add(0, 0)
    const busy = tasks.spin(60).start()
    await rejection(tasks.count().with({ timeout: 10 }))
    await busy
    expect(await tasks.count()).toBe(1)
  })
})

describe('a signal', () => {
  it('stops the call with its own reason, and keeps no listener', async () => {
    const { tasks } = pooled({ killGrace: 5000 })
    const controller = new AbortController()
    const reason = new Error('the user left')
    const call = tasks.waitForAbort().with({ signal: controller.signal }).start()
    await tasks.add(0, 0)
    controller.abort(reason)
    expect(await rejection(call)).toBe(reason)
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
  })

  it('that has aborted before keeps the call from starting', async () => {
    const { pool, tasks } = pooled()
    const reason = new Error('before')
    expect(await rejection(tasks.add(1, 2).with({ signal: AbortSignal.abort(reason) }))).toBe(reason)
    expect(pool.stats().threads).toBe(0)
  })

  it('that does not abort keeps no listener after the answer', async () => {
    const { tasks } = pooled()
    const { signal } = new AbortController()
    await tasks.add(1, 2).with({ signal })
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })
})

describe('cancel()', () => {
  it('rejects the future with CallAbortedError', async () => {
    const { tasks } = pooled({ killGrace: 5000 })
    const future = tasks.waitForAbort().start()
    future.cancel()
    expect(await rejection(future)).toMatchObject({ name: 'AbortError', code: 'BRIDGE_ABORTED' })
  })

  it('rejects with the reason it was given', async () => {
    const { tasks } = pooled({ killGrace: 5000 })
    const future = tasks.waitForAbort().start()
    future.cancel('enough')
    expect(
      await future.then(
        () => 'fulfilled',
        (reason: unknown) => reason
      )
    ).toBe('enough')
  })

  it('is waited for by waitSync(), to the end of killGrace', () => {
    const { tasks } = pooled({ maxThreads: 1, killGrace: 10 })
    tasks.add(0, 0).runSync()
    const future = tasks.spinForever().start()
    future.cancel(new RangeError('enough'))
    expect(thrown(() => future.waitSync()).message).toBe('enough')
    expect(tasks.add(1, 2).runSync()).toBe(3)
  })

  it('of a call that its thread has not started does not end the thread', async () => {
    const { tasks } = pooled({ maxThreads: 1, concurrencyPerThread: 2, killGrace: 5 })
    await tasks.add(0, 0)
    const busy = tasks.spin(80).start()
    const behind = tasks.count().start()
    behind.cancel('not any more')
    expect(
      await behind.then(
        () => 'fulfilled',
        (reason: unknown) => reason
      )
    ).toBe('not any more')
    expect(await busy).toBe(await tasks.thread())
    expect(await tasks.count()).toBe(1)
  })

  it('does not affect other calls', async () => {
    const { tasks } = pooled({ maxThreads: 1, concurrencyPerThread: 2, killGrace: 5000 })
    const gate = tasks.gate().start()
    const cancelled = tasks.waitForAbort().start()
    await rejection(tasks.add(1, 1).with({ signal: AbortSignal.abort() }))
    cancelled.cancel()
    await rejection(cancelled)
    await tasks.open('kept')
    expect(await gate).toBe('kept')
  })
})

describe('a blocked caller', () => {
  it('is not kept waiting by a runaway task in front of it, whose own timeout ends it', async () => {
    const { tasks } = pooled({ maxThreads: 1, killGrace: 10 })
    const runaway = rejection(tasks.spinForever().with({ timeout: 20 }).start())
    expect(tasks.add(1, 2).runSync()).toBe(3)
    expect(await runaway).toMatchObject({ code: 'BRIDGE_TIMEOUT' })
  })
})
