import { AsyncLocalStorage } from 'node:async_hooks'
import { parallelMap } from '@bridge/core'
import { describe, expect, it } from 'vitest'
import { failing, reasonOf } from './fault-paths.js'

describe('a callback of a call that waited for its thread', () => {
  it('sees the context of its own call, not of the one whose end made room', async () => {
    const { tasks } = failing()
    const user = new AsyncLocalStorage<string>()
    const before = user.run('one', () => tasks.spin(20).start())
    const seen = user.run('two', () => tasks.callBack(() => user.getStore()).start())
    await before
    expect(await seen).toBe('two')
  })

  it('is not aborted with those beside which it never was', async () => {
    const one = failing()
    const { tasks } = one
    await tasks.add(0, 0)
    const failed = reasonOf(() =>
      parallelMap(['process.exit(1)', 'process.exit(1)'], fault => tasks.fault(fault), { concurrency: 2 })
    )
    const nested = tasks.callBackLater(async () => tasks.add(1, 2)).start()
    expect(await failed).toMatchObject({ code: 'BRIDGE_WORKER_LOST' })
    expect(await nested).toBe(3)
  })
})
