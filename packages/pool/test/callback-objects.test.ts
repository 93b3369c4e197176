import { describe, expect, it } from 'vitest'
import { callbackPool } from './callback-helpers.js'
import { rejection, runScript } from './helpers.js'

const TASKS = JSON.stringify(new URL('./fixtures/callback-tasks.mjs', import.meta.url).href)

/** What a service makes of the body of a request. */
class Body {
  constructor(parsed: object) {
    Object.assign(this, parsed)
  }
}

describe('callbacks and objects', () => {
  it('cannot be forged by data, whatever the body of a request contains', async () => {
    const { tasks } = callbackPool()
    const parsed = { '@bridge/reference': 0, list: [{ '@bridge/reference': { literal: { n: 1 } } }] }
    const bell = new tasks.Bell()
    const echo = (...args: unknown[]) => args.slice(0, 3)
    for (const beside of [() => 1, bell]) {
      const given = await tasks.callNow(
        echo,
        new Body(parsed),
        parsed,
        new Body({ inside: new Body(parsed) }),
        beside
      )
      expect(given).toEqual([parsed, parsed, { inside: parsed }])
    }
  })

  it('work together: an object keeps a function, and calls it later', async () => {
    const { tasks } = callbackPool()
    const bell = new tasks.Bell()
    const heard: unknown[] = []
    const listener = (what: unknown) => heard.push(what)
    await bell.on(listener)
    expect(await bell.ring('once')).toEqual([1])
    expect(bell.ring('twice').runSync()).toEqual([2])
    expect(await bell.off(listener)).toBe(true)
    expect(await bell.ring('never')).toEqual([])
    expect(heard).toEqual(['once', 'twice'])
  })

  it('work together: a function is given the very handle of an object, at any depth', async () => {
    const { tasks } = callbackPool()
    const bell = new tasks.Bell()
    const given = await bell.withSelf((self: unknown, { deep }: { deep: unknown[] }) => [
      self === bell,
      deep[0] === bell
    ])
    expect(given).toEqual([true, true])
  })

  it('work together: a function may return a handle, which arrives as the object', async () => {
    const { tasks } = callbackPool({ maxThreads: 1 })
    const bell = new tasks.Bell()
    await bell.ring()
    expect(
      await tasks.callWithItsResult(
        () => bell,
        () => 'used'
      )
    ).toBe('used')
    expect(await tasks.isBell(bell)).toBe(true)
  })

  it('work together: a method that is called inside of a callback of the same object runs at once', async () => {
    const { tasks } = callbackPool({ maxThreads: 2 })
    const bell = new tasks.Bell()
    const isOwn = (self: typeof bell) => self.off(() => {}).runSync()
    expect(await bell.withSelf(isOwn)).toBe(false)
    expect(bell.withSelf(isOwn).runSync()).toBe(false)
  })

  it('are refused if a callback returns an object of another thread', async () => {
    const { tasks } = callbackPool({ maxThreads: 3 })
    const one = new tasks.Bell()
    const other = new tasks.Bell()
    await Promise.all([one.ring(), other.ring()])
    const error = await rejection(one.withSelf(() => other))
    expect(error).toMatchObject({ code: 'BRIDGE_NOT_CLONEABLE' })
  })
})

describe('a function that a thread holds', () => {
  it('is released on both threads when it is collected there', async () => {
    const { code, stdout, stderr } = await runScript(
      `
      import { createPool } from '@bridge/pool'
      const pool = createPool({ maxThreads: 1 })
      const { callNow, collect } = pool.import(${JSON.stringify(new URL('./fixtures/collect.mjs', import.meta.url).href)})
      const alive = []
      for (let n = 0; n < 50; n++) {
        const fn = () => n
        alive.push(new WeakRef(fn))
        await callNow(fn)
      }
      for (let tries = 0; tries < 50; tries++) {
        await collect()
        globalThis.gc()
        await new Promise(setImmediate)
      }
      console.log(alive.filter(ref => ref.deref() !== undefined).length < 5 ? 'released' : 'held')
      await pool.close()
    `,
      ['--expose-gc']
    )
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'released\n', stderr: '' })
  })

  it('is not released while an answer that has not been read contains it', async () => {
    const { code, stdout, stderr } = await runScript(`
      import { createPool } from '@bridge/pool'
      const pool = createPool({ maxThreads: 1 })
      const { giveBack } = pool.import(${JSON.stringify(new URL('./fixtures/collect.mjs', import.meta.url).href)})
      const done = new Int32Array(new SharedArrayBuffer(4))
      const fn = () => 1
      const call = giveBack(fn, done).start()
      // The thread has answered, and has released the function, before this one reads the answer.
      Atomics.wait(done, 0, 0, 5000)
      console.log((await call).fn === fn)
      await pool.close()
    `)
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'true\n', stderr: '' })
  })

  it('does not keep the process alive', async () => {
    const { code, stdout } = await runScript(`
      import { createPool } from '@bridge/pool'
      const pool = createPool({ maxThreads: 1 })
      const { Bell } = pool.import(${TASKS})
      const bell = new Bell()
      await bell.on(() => {})
      console.log('done')
    `)
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'done\n' })
  })
})
