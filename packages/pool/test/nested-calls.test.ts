import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import { type Future, notify, type Remote, runScope } from '@bridge/core'
import { createPool, loop, type PoolOptions, transfer } from '@bridge/pool'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { callbackPool } from './callback-helpers.js'
import { user } from './fixtures/carried.mjs'
import { latch, rejection } from './helpers.js'

type Fn = () => unknown
type Word = Int32Array<SharedArrayBuffer>
type Tasks = {
  thread(): number
  threadLater(): Promise<number>
  whoami(): string | undefined
  byteLength(buffer: ArrayBuffer): number
  callThenHold(fn: Fn, word: Word): Promise<unknown>
  callAs(name: string, fn: Fn): unknown
  waitFor(fn: Fn): unknown
  waitLater(fn: Fn): Promise<unknown>
  hold(word: Word): void
  noteAndWait(note: Fn, word: Word): Promise<void>
  Box: new () => {
    get(): number
    set(value: number): void
    on(listener: Fn): void
    waitForListener(): unknown
  }
}

const ECHO = new URL('./fixtures/echo.mjs', import.meta.url)
const NESTED = new URL('./fixtures/nested-tasks.mjs', import.meta.url)

function pooled(options: PoolOptions = {}) {
  const pool = createPool({ maxThreads: 1, ...options })
  onTestFinished(() => pool.close({ drain: false }))
  return { pool, tasks: pool.import<Tasks>(NESTED) }
}

describe('a call that is nested in a callback', () => {
  it('transfers its transfer list', async () => {
    const { pool, tasks: callbacks } = callbackPool({ maxThreads: 1 })
    const tasks = pool.import<Tasks>(NESTED)
    const sizes = await callbacks.callLater(async () => {
      const buffer = new ArrayBuffer(8)
      const there = await tasks.byteLength(transfer(buffer, [buffer]))
      return [there, buffer.byteLength]
    })
    expect(sizes).toEqual([8, 0])
  })

  it('that is cancelled before its thread has started it does not end that thread', async () => {
    const { pool, tasks } = pooled({ killGrace: 50 })
    const { word, open } = latch()
    const nested = async () => {
      const error = await rejection(tasks.thread().with({ timeout: 5 }))
      open()
      return error.code
    }
    expect(await tasks.callThenHold(nested, word)).toBe('BRIDGE_TIMEOUT')
    expect(pool.stats().ended.byCause).toEqual({})
  })

  it('comes after earlier calls on its object, its constructor first', async () => {
    const { tasks } = pooled()
    await tasks.thread()
    let box: InstanceType<typeof tasks.Box> | undefined
    const asked = tasks.callAs('another', () => (box as NonNullable<typeof box>).get().runSync()).start()
    box = new tasks.Box()
    const set = box.set(5)
    expect(await asked).toBe(5)
    await set
  })

  it('has its module loaded synchronously, where its thread is blocked', async () => {
    const { tasks: callbacks, pool } = callbackPool({ maxThreads: 1 })
    const { byteLength } = pool.import<Tasks>(NESTED)
    expect(await callbacks.callNow(() => byteLength(new ArrayBuffer(3)).runSync())).toBe(3)
  })

  it('waits for the thread of its key, although the thread that waits for it could run it', async () => {
    const { pool, tasks: callbacks } = callbackPool({ maxThreads: 2 })
    const tasks = pool.import<Tasks>(NESTED)
    const { word, open } = latch()
    const home = await tasks.thread().with({ affinity: 'key' })
    const holding = tasks.hold(word).with({ affinity: 'key' }).start()
    Atomics.wait(word, 1, 0)
    const nested = callbacks.callLater(async () => {
      const call = tasks.thread().with({ affinity: 'key' }).start()
      open()
      return await call
    })
    expect(await nested).toBe(home)
    await holding
  })

  it('is run by the thread that waits for it, whichever call of other code starts it', async () => {
    const outside = new AsyncResource('outside')
    const { pool, tasks: callbacks } = callbackPool({ maxThreads: 1 })
    const tasks = pool.import<Tasks>(NESTED)
    const others: unknown[] = []
    const consumed = [
      () => tasks.thread().start(),
      () => tasks.thread().with({ priority: 1 }).start(),
      () => others.push(tasks.thread().then(() => 'awaited'))
    ]
    for (const consume of consumed) {
      const nested = async () => {
        const thread = tasks.thread()
        outside.runInAsyncScope(() => others.push(consume()))
        return thread
      }
      expect(await callbacks.callLater(nested)).toBe(await tasks.thread())
    }
    await Promise.all(others)
  })

  it('is run by the thread that waits, in whatever form a plain function returns it', async () => {
    const { pool, tasks: callbacks } = callbackPool({ maxThreads: 2 })
    const tasks = pool.import<Tasks>(NESTED)
    const forms: Record<string, () => unknown> = {
      'a call': () => tasks.thread(),
      'a call of an async function': () => tasks.threadLater(),
      'a call with options': () => tasks.thread().with({ priority: 1 }),
      'a call that was started': () => tasks.thread().start(),
      'a promise of it': () => tasks.thread().then(thread => thread),
      'an async function': async () => tasks.thread(),
      'several calls': () => Promise.all([tasks.thread(), tasks.threadLater()]).then(([thread]) => thread),
      'an array of what it made before': () => [tasks.thread()][0]
    }
    for (const [form, fn] of Object.entries(forms)) {
      // As many as there are threads, so that none is free.
      const threads = await Promise.all([callbacks.callLater(fn), callbacks.callLater(fn)])
      for (const thread of threads) expect(pool.stats().threadIds, form).toContain(thread)
    }
  })

  it('runs after a plain function that has only started it, where that blocks a thread with room', async () => {
    const { pool, tasks: callbacks } = callbackPool({ maxThreads: 1, concurrencyPerThread: 2 })
    const onPool = pool.import<Tasks>(NESTED)
    const thread = await onPool.thread()
    expect(await callbacks.callLater(() => onPool.threadLater().start())).toBe(thread)
    const onLoop = loop.import<Tasks>(NESTED)
    expect(await onLoop.waitLater(() => onLoop.threadLater().start())).toBe(await onLoop.thread())
  })

  it('runs inside of the wait that it was made for, where another thread may be about to wait, too', async () => {
    for (let round = 0; round < 5; round++) {
      const { pool, tasks: callbacks } = callbackPool({
        maxThreads: 2,
        minThreads: 2,
        concurrencyPerThread: 2
      })
      const tasks = pool.import<Tasks>(NESTED)
      const nested = () => tasks.thread().runSync()
      const threads = await Promise.all([callbacks.callNow(nested), callbacks.callNow(nested)])
      for (const thread of threads) expect(pool.stats().threadIds).toContain(thread)
    }
  })

  it('sees nothing of the context of the task that waits', async () => {
    onTestFinished(() => loop.close())
    const tasks = loop.import<Tasks>(NESTED)
    const seen = await tasks.callAs('alice', () => user.exit(() => tasks.whoami().runSync()))
    expect(seen).toBe(undefined)
  })

  it('may be answered by a thread that gets free meanwhile, if the waiting thread is blocked', async () => {
    const { pool, tasks } = callbackPool({ maxThreads: 2 })
    const other = pool.import<Tasks>(NESTED)
    const { word, open } = latch()
    const holding = other.hold(word).start()
    Atomics.wait(word, 1, 0)
    const answer = tasks.callNow(() => {
      const nested = tasks.addLater(1, 2).start()
      open()
      return nested.waitSync()
    })
    expect(await answer).toBe(3)
    await holding
  })
})

describe('a function that several calls have passed', () => {
  it('runs in the context of the call that calls it', async () => {
    const { tasks } = callbackPool()
    const storage = new AsyncLocalStorage<string>()
    const fn = () => storage.getStore()
    expect(await storage.run('first', () => tasks.callNow(fn))).toBe('first')
    expect(await storage.run('second', () => tasks.callNow(fn))).toBe('second')
  })

  it('is not bounded by the scope of an earlier one', async () => {
    const { tasks } = callbackPool()
    const fn = () => tasks.add(1, 2).runSync()
    const controller = new AbortController()
    expect(await runScope({ signal: controller.signal }, async () => tasks.callNow(fn))).toBe(3)
    controller.abort(new Error('that request is gone'))
    expect(await tasks.callNow(fn)).toBe(3)
  })

  it('is not bounded by the scope of the call that brought it, when it is called long after', async () => {
    const { tasks } = callbackPool()
    const bell = new tasks.Bell()
    const controller = new AbortController()
    await runScope({ signal: controller.signal }, async () => bell.on(() => tasks.add(1, 2).runSync()))
    controller.abort(new Error('that request is gone'))
    expect(await bell.ring()).toEqual([3])
  })
})

/** Has a note run while what the thread has told after `start` is on its way: it blocks until that call has ended. */
async function blockInNote(tasks: Remote<Tasks>, start: () => Future<unknown>) {
  const { word } = latch()
  const controller = new AbortController()
  let waited: unknown
  const call = start()
  const note = notify(() => {
    waited ??= call.waitSync()
  })
  const noting = tasks.noteAndWait(note, word).with({ signal: controller.signal }).start()
  await null
  Atomics.wait(word, 1, 0)
  // Takes what has arrived, and with it the note.
  controller.abort()
  await rejection(noting)
  return waited
}

describe('a caller that has not received an answer yet', () => {
  it('may be blocked for it by a callback that is reported before', async () => {
    const { pool, tasks } = pooled({ concurrencyPerThread: 2 })
    const { echo } = pool.import<typeof import('./fixtures/echo.mjs')>(ECHO)
    for (const value of ['text', new Uint8Array(2)]) {
      await echo(value)
      expect(await blockInNote(tasks, () => echo(value).start())).toEqual(value)
    }
  })

  it('does not mistake an import for one that continues, although a callback blocks for what comes after it', async () => {
    const { pool, tasks } = pooled({ concurrencyPerThread: 2, minThreads: 0, idleTimeout: 1 })
    await tasks.thread()
    const { echo } = pool.import<typeof import('./fixtures/echo.mjs')>(ECHO)
    expect(await blockInNote(tasks, () => echo(1).start())).toBe(1)
    await vi.waitFor(() => expect(pool.stats().threads).toBe(0), { timeout: 20_000 })
  })

  it('gets it before the thread waits for the caller', async () => {
    const { tasks } = pooled()
    const box = new tasks.Box()
    await box.set(7)
    // Until both are known to be short, so that answers are reported late.
    for (let n = 0; n < 20; n++) await Promise.all([box.get(), box.waitForListener()])
    let first: PromiseLike<number> = box.get()
    await box.on(async () => await first)
    first = box.get()
    expect(await Promise.all([first, box.waitForListener()])).toEqual([7, 7])
  })
})
