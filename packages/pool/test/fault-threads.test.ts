import { describe, expect, it } from 'vitest'
import { failing, paths, threadFaults } from './fault-paths.js'

describe.each(threadFaults)('%s', (fault, why) => {
  it.each(paths)('in %s fails it with the cause, and the pool works again', async (_, run) => {
    const one = failing()
    const reason = await run(one, fault)
    expect(reason).toMatchObject({ name: 'WorkerLostError', code: 'BRIDGE_WORKER_LOST' })
    expect((reason as Error).message).toContain(why)
    expect(await one.tasks.add(1, 2)).toBe(3)
    expect(one.tasks.add(3, 4).runSync()).toBe(7)
    expect(one.pool.stats()).toMatchObject({ threads: 1, queued: 0, running: 0, streams: 0 })
    expect(one.threads.started).toBe(2)
    await one.threads.ended(1)
  })
})
