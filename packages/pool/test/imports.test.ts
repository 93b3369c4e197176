import { loop, type Pool } from '@bridge/pool'
import { describe, expect, it, onTestFinished } from 'vitest'
import { pooled, rejection, TASKS, type Tasks } from './helpers.js'
import { type Slow, slowModule } from './slow-module.js'

const executors: Record<string, () => Pool> = {
  'a pool of one thread': () => pooled({ maxThreads: 1, killGrace: 5 }).pool,
  'a pool of two threads': () => pooled({ maxThreads: 2, killGrace: 5 }).pool,
  loop: () => {
    onTestFinished(() => loop.close({ drain: false }))
    return loop
  }
}

const stops: Record<string, (pool: Pool, url: URL) => unknown> = {
  'its timeout': (pool, url) => pool.import<Slow>(url).entered().with({ timeout: 30 }),
  'its timeout, blocking': (pool, url) => pool.import<Slow>(url).entered().with({ timeout: 30 }).runSync(),
  'its timeout, started and waited for': (pool, url) =>
    pool.import<Slow>(url).entered().with({ timeout: 30 }).start().waitSync(),
  'its signal': (pool, url) =>
    pool
      .import<Slow>(url)
      .entered()
      .with({ signal: AbortSignal.timeout(30) }),
  'cancel()': (pool, url) => {
    const future = pool.import<Slow>(url).entered().start()
    setTimeout(() => future.cancel(), 30)
    return future
  },
  'the timeout of its stream': async (pool, url) => {
    for await (const _ of pool.import<Slow>(url).items().with({ timeout: 30 }));
  },
  'the timeout of its object': (pool, url) =>
    new (pool.import<Slow>(url).Made)().calls().with({ timeout: 30 })
}

describe.each(Object.keys(executors))('a module that takes its time to load, on %s', name => {
  describe.each([
    ['by a top-level await', ''],
    ['busy', '&busy']
  ])('%s', (_, how) => {
    it.each(Object.keys(stops))(
      'continues to load when a call is ended by %s, and the next finds it',
      async way => {
        const pool = (executors[name] as () => Pool)()
        const { url, open } = slowModule(how)
        const others = pool.import<Tasks>(TASKS)
        const threads = new Set([await others.thread()])
        for (let round = 0; round < 3; round++) {
          const error = await rejection(
            (async () => await (stops[way] as (typeof stops)[string])(pool, url))()
          )
          expect(['BRIDGE_TIMEOUT', 'BRIDGE_ABORTED', 23]).toContain(error.code)
        }
        open()
        expect(await pool.import<Slow>(url).entered()).toBeLessThanOrEqual(way.endsWith('object') ? 4 : 1)
        threads.add(await others.thread())
        expect(pool.stats().ended.byCause.killed ?? 0).toBe(0)
      }
    )
  })

  it('is not counted by a runTimeout', async () => {
    const pool = (executors[name] as () => Pool)()
    const { url, open } = slowModule('')
    const { entered, spin } = pool.import<Slow>(url)
    const called = entered().with({ runTimeout: 250 }).start()
    await rejection(entered().with({ timeout: 300 }))
    open()
    expect(await called).toBe(1)
    expect(await rejection(spin(1e9).with({ runTimeout: 30 }))).toMatchObject({ code: 'BRIDGE_TIMEOUT' })
  })
})
