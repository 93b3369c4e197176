import { createPool, loop, type PoolOptions } from '@bridge/pool'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Latch, latch, rejection, threadEvents, thrown } from './helpers.js'

type Word = Latch['word']
type Tasks = typeof import('./fixtures/abandoned-tasks.mjs')

const url = new URL('./fixtures/abandoned-tasks.mjs', import.meta.url)

const TIMEOUT = { code: 'BRIDGE_TIMEOUT' }
const SHORT = { timeout: 20 }

/** One thread that many calls share, and that has imported the tasks: `next()` was called once. */
async function shared(options: PoolOptions = {}) {
  const pool = createPool({ maxThreads: 1, concurrencyPerThread: 100, killGrace: 10, ...options })
  onTestFinished(() => pool.close({ drain: false }))
  const tasks = pool.import<Tasks>(url)
  await tasks.next()
  return { pool, tasks }
}

/** A task that ignores its signal until the test ends, and has begun. */
async function begun(tasks: Awaited<ReturnType<typeof shared>>['tasks']) {
  const { word, open } = latch()
  const call = tasks.waitFor(word).start()
  while (Atomics.load(word, 1) === 0) await new Promise(setImmediate)
  return { call, word, open }
}

/**
 * The error of a call that was out of time after it had started. On a busy machine a call may be out of time before: it is
 * never entered, and another call is made.
 */
async function late(call: (word: Word) => PromiseLike<unknown>, { word }: Pick<Latch, 'word'> = latch()) {
  const before = Atomics.load(word, 1)
  for (;;) {
    const error = await rejection(call(word))
    if (Atomics.load(word, 1) !== before) return error
  }
}

/** The same of a call that its caller is blocked for. */
function lateBlocking(call: (word: Word) => { runSync(): unknown }, { word }: Pick<Latch, 'word'> = latch()) {
  const before = Atomics.load(word, 1)
  for (;;) {
    const error = thrown(() => call(word).runSync())
    if (Atomics.load(word, 1) !== before) return error
  }
}

describe('a task that merely waits and does not stop when it is cancelled', () => {
  it('is abandoned beside other calls, which are not affected', async () => {
    const { pool, tasks } = await shared()
    const other = await begun(tasks)
    const stream = tasks.counts()[Symbol.asyncIterator]()
    await stream.next()
    const stuck = latch()
    expect(await late(word => tasks.waitFor(word).with(SHORT), stuck)).toMatchObject(TIMEOUT)
    expect(pool.stats()).toMatchObject({ running: 1, abandoned: 1, ended: { byCause: {} } })
    expect(await tasks.next()).toBe(2)
    expect((await stream.next()).value).toBe(1)
    other.open()
    expect(await other.call).toBe('late')
  })

  it('is abandoned beside objects, whose own methods do not count as other calls', async () => {
    const { pool, tasks } = await shared()
    const keeper = await new tasks.Keeper()
    await keeper.keep()
    const { word } = latch()
    expect(await late(word => tasks.waitFor(word).with(SHORT), { word })).toMatchObject(TIMEOUT)
    expect(await late(word => keeper.waitFor(word).with(SHORT), { word })).toMatchObject(TIMEOUT)
    expect(await keeper.keep()).toBe(2)
    expect(pool.stats().abandoned).toBe(2)
  })

  it('is abandoned if its caller blocks, too', async () => {
    const { tasks } = await shared()
    const other = await begun(tasks)
    expect(lateBlocking(word => tasks.waitFor(word).with(SHORT))).toMatchObject(TIMEOUT)
    expect(tasks.next().runSync()).toBe(2)
    other.open()
    expect(await other.call).toBe('late')
  })

  it('is abandoned on the loop, also by itself', async () => {
    const tasks = loop.import<Tasks>(url)
    const before = await tasks.next()
    const { word, open } = latch()
    expect(await late(word => tasks.waitFor(word).with(SHORT), { word })).toMatchObject(TIMEOUT)
    expect(lateBlocking(word => tasks.waitFor(word).with(SHORT), { word })).toMatchObject(TIMEOUT)
    expect(await tasks.next()).toBe(before + 1)
    expect(loop.stats().abandoned).toBe(2)
    open()
    await expect.poll(() => loop.stats().abandoned).toBe(0)
  })

  it('ends with its thread if no other call runs there', async () => {
    const { pool, tasks } = await shared()
    expect(await late(word => tasks.waitFor(word).with(SHORT))).toMatchObject(TIMEOUT)
    expect(pool.stats()).toMatchObject({ abandoned: 0, ended: { byCause: { killed: 1 } } })
  })

  it('has a late answer discarded, and a late stream ended', async () => {
    const { pool, tasks } = await shared()
    const other = await begun(tasks)
    const one = latch()
    expect(await late(word => tasks.waitFor(word).with(SHORT), one)).toMatchObject(TIMEOUT)
    const streaming = latch()
    expect(await late(word => tasks.streamAfter(word).with(SHORT), streaming)).toMatchObject(TIMEOUT)
    expect(pool.stats().abandoned).toBe(2)
    one.open()
    streaming.open()
    await expect.poll(() => pool.stats().abandoned).toBe(0)
    expect(await tasks.next()).toBe(2)
    other.open()
    expect(await other.call).toBe('late')
  })

  it('is abandoned while another call keeps the thread busy, which continues', async () => {
    const { pool, tasks } = await shared()
    const waiting = tasks.waitFor(latch().word).with({ timeout: 60 }).start()
    const spinning = tasks.spin(500).start()
    expect(await rejection(waiting)).toMatchObject(TIMEOUT)
    expect(pool.stats().abandoned).toBe(1)
    expect(await spinning).toBe('spun')
  })
})

describe('a task that keeps its thread busy', () => {
  it('has its thread terminated, with the other calls there', async () => {
    const { pool, tasks } = await shared()
    const other = await begun(tasks)
    const lost = rejection(other.call)
    expect(await late(word => tasks.spin(60_000, word).with(SHORT))).toMatchObject(TIMEOUT)
    expect(await lost).toMatchObject({ code: 'BRIDGE_WORKER_LOST' })
    expect(pool.stats()).toMatchObject({ abandoned: 0, ended: { byCause: { killed: 1 } } })
  })

  it('has its thread terminated after stuckGrace if it is not known which call keeps it busy', async () => {
    const { pool, tasks } = await shared({ stuckGrace: 30 })
    const other = await begun(tasks)
    const lost = rejection(other.call)
    expect(await late(word => tasks.spinsLater(word).with(SHORT))).toMatchObject(TIMEOUT)
    expect(await lost).toMatchObject({ code: 'BRIDGE_WORKER_LOST' })
    expect(pool.stats().ended.byCause).toEqual({ killed: 1 })
    expect(await tasks.next()).toBe(1)
  })

  it('has its thread terminated also if it was abandoned before', async () => {
    const { pool, tasks } = await shared({ onTimeout: 'abandon', stuckGrace: 30, name: 'left busy' })
    const { ended } = threadEvents('left busy')
    expect(await late(word => tasks.spin(60_000, word).with(SHORT))).toMatchObject(TIMEOUT)
    const next = tasks.next().start()
    await ended(1)
    expect(pool.stats().ended.last[0]?.why).toContain('a call that was abandoned kept it busy')
    expect(await next).toBe(1)
  })
})

describe('a thread whose event loop is blocked', () => {
  it('is terminated, but later, if a call that is waited for may be the reason', async () => {
    const { pool, tasks } = await shared({ stuckGrace: 30 })
    const other = await begun(tasks)
    const lost = rejection(other.call)
    const { word, open } = latch()
    expect(await late(word => tasks.spinsWhen(word).with(SHORT), { word })).toMatchObject(TIMEOUT)
    expect(pool.stats().abandoned).toBe(1)
    open()
    expect(await lost).toMatchObject({ code: 'BRIDGE_WORKER_LOST' })
    expect(pool.stats().ended.last[0]?.why).toContain('a call that was abandoned kept it busy')
    expect(await tasks.next()).toBe(1)
  })

  it('is not terminated while it imports a module for a cancelled call', async () => {
    const { pool, tasks } = await shared({ stuckGrace: 30 })
    const other = await begun(tasks)
    expect(await late(word => tasks.waitFor(word).with(SHORT))).toMatchObject(TIMEOUT)
    const slow = pool.import<typeof import('./fixtures/spins-on-import.mjs')>(
      new URL('./fixtures/spins-on-import.mjs', import.meta.url)
    )
    expect(await rejection(slow.loaded().with({ timeout: 100 }))).toMatchObject(TIMEOUT)
    expect(await slow.loaded()).toBe('loaded')
    other.open()
    expect(await other.call).toBe('late')
  })
})

describe('a thread with many abandoned calls', () => {
  it('takes no more calls if another thread can, and is replaced when its other calls have ended', async () => {
    const { pool, tasks } = await shared({ maxThreads: 2, maxAbandoned: 1, name: 'many left' })
    const { ended } = threadEvents('many left')
    const other = await begun(tasks)
    const { word } = latch()
    for (let n = 0; n < 2; n++)
      expect(await late(word => tasks.waitFor(word).with(SHORT), { word })).toMatchObject(TIMEOUT)
    // On another thread, whose module starts to count again.
    expect(await tasks.next()).toBe(1)
    other.open()
    expect(await other.call).toBe('late')
    await ended(1)
    expect(pool.stats().ended.byCause).toEqual({ recycled: 1 })
  })
})

describe('an only thread with many abandoned calls', () => {
  it('continues to take calls, as long as one of its calls lasts', async () => {
    const { pool, tasks } = await shared({ maxAbandoned: 0 })
    const other = await begun(tasks)
    expect(await late(word => tasks.waitFor(word).with(SHORT))).toMatchObject(TIMEOUT)
    expect(await tasks.next()).toBe(2)
    other.open()
    expect(await other.call).toBe('late')
    await expect.poll(() => pool.stats().ended.byCause).toEqual({ recycled: 1 })
  })

  it('is not replaced if it was pinned', async () => {
    const { pool } = await shared({ maxAbandoned: 0 })
    const own = pool.pin()
    const tasks = own.import<Tasks>(url)
    const other = await begun(tasks)
    expect(await tasks.next()).toBe(1)
    expect(await late(word => tasks.waitFor(word).with(SHORT))).toMatchObject(TIMEOUT)
    other.open()
    expect(await other.call).toBe('late')
    expect(await tasks.next()).toBe(2)
    expect(own.stats().abandoned).toBe(1)
  })
})

describe('onTimeout', () => {
  it('as kill terminates the thread with its other calls, set for a call or for the pool', async () => {
    for (const [onPool, onCall] of [
      [{}, { onTimeout: 'kill' as const }],
      [{ onTimeout: 'kill' as const }, {}]
    ] as const) {
      const { pool, tasks } = await shared(onPool)
      const lost = rejection((await begun(tasks)).call)
      expect(await late(word => tasks.waitFor(word).with({ ...SHORT, ...onCall }))).toMatchObject(TIMEOUT)
      expect(await lost).toMatchObject({ code: 'BRIDGE_WORKER_LOST' })
      expect(pool.stats().ended.byCause).toEqual({ killed: 1 })
    }
  })

  it('as abandon lets a task continue that is alone on its thread, and a call may override it', async () => {
    const { pool, tasks } = await shared({ onTimeout: 'abandon' })
    const { word } = latch()
    expect(await late(word => tasks.waitFor(word).with(SHORT), { word })).toMatchObject(TIMEOUT)
    expect(pool.stats()).toMatchObject({ abandoned: 1, threads: 1, ended: { byCause: {} } })
    const killing = tasks.waitFor(word).with({ ...SHORT, onTimeout: 'kill' })
    expect(await rejection(killing)).toMatchObject(TIMEOUT)
    expect(pool.stats()).toMatchObject({ abandoned: 0, ended: { byCause: { killed: 1 } } })
  })

  it('is refused if it is neither', async () => {
    const { tasks } = await shared()
    const error = {
      code: 'BRIDGE_INVALID_ARGUMENT',
      message: expect.stringContaining("onTimeout must be 'abandon' or 'kill'")
    }
    expect(thrown(() => createPool({ onTimeout: 'leave' as 'kill' }))).toMatchObject(error)
    expect(thrown(() => tasks.next().with({ onTimeout: 'leave' as 'kill' }))).toMatchObject(error)
  })
})
