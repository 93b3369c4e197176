import { describe, expect, it } from 'vitest'
import { pooled, rejection, thrown } from './helpers.js'

describe('an error from a thread', () => {
  it('keeps class name, message and own properties', async () => {
    const error = await rejection(pooled().tasks.overQuota())
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ name: 'QuotaError', message: 'too much', limit: 10 })
  })

  it('keeps its built-in class and its cause', async () => {
    const error = await rejection(pooled().tasks.failLater())
    expect(error).toBeInstanceOf(RangeError)
    expect(error.cause).toBeInstanceOf(TypeError)
    expect((error.cause as Error).message).toBe('the cause')
  })

  it('may be undefined', async () => {
    const { tasks } = pooled()
    await expect(
      tasks.throwUndefined().then(
        () => 'fulfilled',
        (error: unknown) => error
      )
    ).resolves.toBeUndefined()
    expect(thrown(() => tasks.throwUndefined().runSync())).toBeUndefined()
  })

  it('shows the awaiting caller below the worker in its stack', async () => {
    const { tasks } = pooled()
    async function callerOfOverQuota(): Promise<void> {
      await tasks.overQuota()
    }
    const frames = ((await rejection(callerOfOverQuota())).stack ?? '').split('\n').slice(1)
    expect(frames[0]).toMatch(/at overQuota .*tasks\.mjs/)
    expect(frames[1]).toMatch(/at (async )?callerOfOverQuota /)
    expect(frames.join('\n')).not.toMatch(/packages\/(core|pool|iter)\/dist/)
  })
})

describe('a value that can not be cloned', () => {
  it('as an argument gives an error that names its place', async () => {
    const { tasks } = pooled()
    const error = await rejection(tasks.add(1, { on: { click: () => 1 } }))
    expect(error).toMatchObject({ code: 'BRIDGE_NOT_CLONEABLE' })
    expect(error.message).toContain('add(): args[1].on.click')
    expect(thrown(() => tasks.add(Symbol('s')).runSync()).message).toContain('args[0]')
    expect(await tasks.add(1, 2)).toBe(3)
  })

  it('as a result does too', async () => {
    const error = await rejection(pooled().tasks.returnsFunction())
    expect(error).toMatchObject({ code: 'BRIDGE_NOT_CLONEABLE' })
    expect(error.message).toContain('returnsFunction(): its result.deep.fn')
  })

  it('is a call that was not awaited', async () => {
    const { tasks } = pooled()
    const call = tasks.add(1, 2)
    expect(() => tasks.add(call, 3)).toThrow('args[0] is a call, not its value: await it first')
    expect(await tasks.add(await call, 3)).toBe(6)
  })
})
