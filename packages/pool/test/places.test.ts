import { describe, expect, it } from 'vitest'
import { latch, pooled, quicken, rejection, runScript } from './helpers.js'

const url = new URL('./fixtures/places.mjs', import.meta.url)

/** The tasks, of which the pool knows that they run shortly, and so sends them ahead. */
async function known(options: Parameters<typeof pooled>[0]) {
  const { pool } = pooled(options)
  const tasks = pool.import<typeof import('./fixtures/places.mjs')>(url)
  const open = latch()
  open.open()
  await quicken(() => tasks.atOnce(open.word))
  await quicken(() => tasks.atOnceBriefly())
  await quicken(() => tasks.hold(open.word, 0))
  await quicken(() => tasks.note('before'))
  return { pool, tasks, open: open.word }
}

describe('a thread', () => {
  it.each([1, 3])(
    'runs no more asynchronous calls at once than %i where that is concurrencyPerThread',
    async places => {
      const { tasks } = await known({ maxThreads: 1, concurrencyPerThread: places })
      const gate = latch()
      const most = Promise.all(Array.from({ length: 40 }, () => tasks.atOnce(gate.word)))
      while (Atomics.load(gate.word, 1) < places) await new Promise(setImmediate)
      gate.open()
      expect(Math.max(...(await most))).toBe(places)
      const briefly = await Promise.all(Array.from({ length: 40 }, () => tasks.atOnceBriefly()))
      expect(Math.max(...briefly)).toBeLessThanOrEqual(places)
    }
  )

  it('continues with calls that wait for a place when a call before it fails, is cancelled, or is abandoned', async () => {
    const { pool, tasks, open } = await known({ maxThreads: 1, onTimeout: 'abandon', stuckGrace: 100_000 })
    const gate = latch()
    const late = rejection(tasks.atOnce(gate.word).with({ timeout: 20 }))
    const stop = new AbortController()
    const cancelled = rejection(tasks.atOnce(open).with({ signal: stop.signal }))
    const behind = tasks.atOnce(open)
    stop.abort(new Error('not wanted'))
    expect((await late).code).toBe('BRIDGE_TIMEOUT')
    expect((await cancelled).message).toBe('not wanted')
    await behind
    expect(pool.stats()).toMatchObject({ running: 0, abandoned: 1 })
    expect((await rejection(tasks.atOnce(null as never))).name).toBe('TypeError')
    gate.open()
    await tasks.atOnce(open)
  })

  it('starts calls on an object immediately, although others wait for a place', async () => {
    const { tasks, open } = await known({ maxThreads: 1 })
    const gate = latch()
    const first = tasks.atOnce(gate.word).start()
    const second = tasks.atOnce(open).start()
    const box = new tasks.Box()
    expect(await box.add()).toBe(1)
    gate.open()
    await Promise.all([first, second])
  })

  it.each(['addToBox', 'addToBoxAtOnce'] as const)(
    'starts a call with an object among its arguments at once, since another call may wait for it: %s',
    async add => {
      const { tasks } = await known({ maxThreads: 2 })
      const box = new tasks.Box()
      const waiting = tasks.waitForBox(box, 1).start()
      await tasks.waitForBox(box, 0)
      expect(await tasks[add](box)).toBe(1)
      expect(await waiting).toBe(1)
    }
  )
})

describe('a call that was sent ahead and has not started', () => {
  it('moves to an idle thread, without a timer', async () => {
    const script = `
      const real = globalThis.setTimeout
      // No time passes: what is short never comes.
      globalThis.setTimeout = (run, ms, ...more) => real(run, ms < 1000 ? 60_000 : ms, ...more)
      const { createPool } = await import('@bridge/pool')
      const pool = createPool({ maxThreads: 2 })
      const tasks = pool.import(new URL(${JSON.stringify(url.href)}))
      const latch = () => new Int32Array(new SharedArrayBuffer(4))
      const open = word => { Atomics.store(word, 0, 1); Atomics.notify(word, 0) }
      const [opened, one, other] = [latch(), latch(), latch()]
      open(opened)
      for (let n = 0; n < 20; n++) await Promise.all([tasks.hold(opened, 0.5), tasks.hold(opened, 0.5)])
      await (${quicken})(() => tasks.hold(opened, 0.5))
      const held = [tasks.hold(one, 0).start(), tasks.hold(other, 0).start()]
      const short = Array.from({ length: 4 }, () => tasks.hold(opened, 0.5).start())
      const ahead = pool.stats().running
      open(other)
      await Promise.all(short)
      const { stolen } = pool.stats()
      open(one)
      await Promise.all(held)
      await pool.close()
      console.log(ahead > 2, stolen > 0)
      process.exit()
    `
    expect(await runScript(script)).toEqual({ code: 0, stdout: 'true true\n', stderr: '' })
  })

  it('leaves its thread to calls that are bound to it', async () => {
    const { pool, tasks } = await known({ maxThreads: 2, onTimeout: 'abandon', stuckGrace: 100_000 })
    const [one, other] = [latch(), latch()]
    const own = { affinity: 'a' }
    const left = rejection(tasks.hold(one.word, 0).with({ ...own, timeout: 20 }))
    const held = tasks.hold(other.word, 0).start()
    await left
    const movable = tasks.waitForBox({ value: 0 } as never, 0).start()
    const bound = tasks.note('bound').with(own).start()
    expect(pool.stats()).toMatchObject({ running: 2, queued: 1 })
    other.open()
    await Promise.all([held, movable])
    expect(pool.stats()).toMatchObject({ running: 1, queued: 0 })
    one.open()
    await bound
  })

  it('waits for a call of a higher priority that comes later', async () => {
    const { pool, tasks } = await known({ maxThreads: 1 })
    const gate = latch()
    const holding = tasks.hold(gate.word, 0).start()
    const low = [tasks.note('low'), tasks.note('lower').with({ priority: -1 })]
    for (const call of low) void call.start()
    await null
    expect(pool.stats().running).toBeGreaterThan(1)
    const high = tasks.note('high').with({ priority: 1 }).start()
    gate.open()
    await Promise.all([holding, high, ...low])
    const order = await tasks.note('last')
    expect(order.slice(-4)).toEqual(['high', 'low', 'lower', 'last'])
  })

  it('is reclaimed, however many were reclaimed before for calls of a higher priority', async () => {
    const { tasks } = await known({ maxThreads: 2 })
    const [one, other] = [latch(), latch()]
    const held = [tasks.hold(one.word, 0).start(), tasks.hold(other.word, 0).start()]
    const rising = []
    for (let priority = 0; priority < 90; priority++) {
      rising.push(tasks.note('rising').with({ priority }).start())
      await null
    }
    other.open()
    await Promise.all(rising)
    one.open()
    await Promise.all(held)
  })

  it('waits for a call of a higher priority that is not sent ahead itself', async () => {
    const { pool, tasks, open } = await known({ maxThreads: 1 })
    await tasks.hold(open, 10)
    const gate = latch()
    const settled: string[] = []
    const first = tasks.atOnce(gate.word).start()
    const low = tasks.note('low').then(() => settled.push('low'))
    await null
    expect(pool.stats()).toMatchObject({ running: 2, queued: 0 })
    const high = tasks
      .hold(open, 0)
      .with({ priority: 1 })
      .then(() => settled.push('high'))
    await null
    expect(pool.stats()).toMatchObject({ running: 1, queued: 2 })
    gate.open()
    await Promise.all([first, low, high])
    expect(settled).toEqual(['high', 'low'])
  })
})
