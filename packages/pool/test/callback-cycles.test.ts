import type { Future } from '@bridge/core'
import { loop } from '@bridge/pool'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CALLBACK_TASKS, callbackPool } from './callback-helpers.js'
import { rejection, thrown } from './helpers.js'

describe('a wait that could never end', () => {
  it('is an error when an asynchronous callback needs the thread that its caller blocks', () => {
    const { tasks } = callbackPool()
    const error = thrown(() => tasks.callLater(async function onRow() {}).runSync())
    expect(error).toMatchObject({ code: 'BRIDGE_DEADLOCK' })
    expect(error.message).toContain('callLater() → onRow() → callLater()')
  })

  it('is an error when a plain callback returns a promise of the blocked thread', () => {
    const { tasks } = callbackPool()
    const error = thrown(() => tasks.callLater(() => Promise.resolve(1)).runSync())
    expect(error).toMatchObject({ code: 'BRIDGE_DEADLOCK' })
  })

  it('is an error in a blocking for, whose generator calls such a function', () => {
    const { tasks } = callbackPool()
    const error = thrown(() => [...tasks.eachOfLater(async (n: number) => n, 3)])
    expect(error).toMatchObject({ code: 'BRIDGE_DEADLOCK' })
  })

  it('is an error for an async generator that the blocked thread would have to step', () => {
    const { tasks } = callbackPool()
    const error = thrown(() => tasks.sumOfLater(async function* () {}).runSync())
    expect(error).toMatchObject({ code: 'BRIDGE_DEADLOCK' })
  })

  it('is an error that the task may catch, and continue', () => {
    const { tasks } = callbackPool()
    expect(tasks.caught(() => Promise.resolve(1)).runSync()).toMatchObject({ code: 'BRIDGE_DEADLOCK' })
    expect(tasks.add(1, 2).runSync()).toBe(3)
  })

  it('is an error when the function was passed by an earlier call', async () => {
    const { tasks } = callbackPool()
    const bell = new tasks.Bell()
    await bell.on(async () => 1)
    expect(await bell.ringLater()).toEqual([1])
    expect(thrown(() => bell.ringLater().runSync())).toMatchObject({ code: 'BRIDGE_DEADLOCK' })
  })

  it('is an error when a callback waits for the call that waits for it', async () => {
    const { tasks } = callbackPool()
    const wait = async (self: () => Future<unknown>): Promise<Error> => rejection(self())
    let future: Future<unknown> | undefined
    const error = await wait(() => {
      future = tasks.callNow(() => (future as Future<unknown>).waitSync()).start()
      return future
    })
    expect(error).toMatchObject({ code: 'BRIDGE_DEADLOCK' })
    expect(error.message).toContain('callNow()')
  })

  it('is an error when calls and callbacks nest without end, and the pool continues', () => {
    const { tasks } = callbackPool()
    const recurse = (): unknown => tasks.callNow(recurse).runSync()
    const error = thrown(recurse)
    expect(error).toMatchObject({ code: 'BRIDGE_DEADLOCK' })
    expect(error.message).toContain('128 deep')
    expect(tasks.add(1, 2).runSync()).toBe(3)
  })

  it('is an error when they nest without end through streams', async () => {
    const { tasks } = callbackPool()
    const recurse = async (): Promise<unknown> => {
      for await (const item of tasks.eachOfLater(recurse, 1)) return item
    }
    const error = await rejection(recurse())
    expect(error).toMatchObject({ code: 'BRIDGE_DEADLOCK' })
  })

  it('is an error when a nested call of an async function has only a blocked thread to run on', async () => {
    const { tasks } = callbackPool({ maxThreads: 1 })
    const error = await rejection(tasks.callNow(() => tasks.addLater(1, 2).runSync()))
    expect(error).toMatchObject({ code: 'BRIDGE_DEADLOCK' })
    expect(error.message).toContain('maxThreads')
  })
})

describe('a wait that can end', () => {
  it('ends: a wait with a timeout of its own cancels nothing, whatever the call needs meanwhile', async () => {
    const { tasks } = callbackPool()
    await tasks.add(1, 2)
    const future = tasks.callLater(async () => 'fine').start()
    expect(thrown(() => future.waitSync(20))).toMatchObject({ code: 'BRIDGE_TIMEOUT' })
    expect(await future).toBe('fine')
  })

  it('ends: through a stream of another pool and back', async () => {
    const { tasks: one } = callbackPool({ maxThreads: 1 })
    const { tasks: other } = callbackPool({ maxThreads: 1 })
    const items = await one.callLater(async () => {
      const seen: unknown[] = []
      for await (const item of other.eachOfLater(async (n: number) => one.add(n, 1), 3)) seen.push(item)
      return seen
    })
    expect(items).toEqual([1, 2, 3])
  })

  it('ends: an unrelated blocking call, while the thread reads a generator of the blocked caller', async () => {
    const { tasks } = callbackPool({ maxThreads: 1 })
    let goOn: () => void = () => {}
    const mayGoOn = new Promise<void>(resolve => {
      goOn = resolve
    })
    let begun: () => void = () => {}
    const hasBegun = new Promise<void>(resolve => {
      begun = resolve
    })
    const sum = tasks.sumOfLater(async function* () {
      begun()
      await mayGoOn
      yield 3
    })
    sum.catch(() => {})
    await hasBegun
    expect(tasks.add(1, 2).runSync()).toBe(3)
    goOn()
    expect(await sum).toBe(3)
  })

  it('ends: a blocking call inside of a callback runs on the thread that waits for it', async () => {
    const { tasks } = callbackPool({ maxThreads: 1 })
    expect(await tasks.callNow(() => tasks.add(1, 2).runSync())).toBe(3)
    expect(tasks.callNow(() => tasks.add(1, 2).runSync()).runSync()).toBe(3)
  })

  it('ends: a nested call of an async function, where another thread is free', async () => {
    const { tasks } = callbackPool({ maxThreads: 2 })
    expect(await tasks.callNow(() => tasks.addLater(1, 2).runSync())).toBe(3)
  })

  it('ends: every thread is taken by a call whose callback needs a child in the same pool', async () => {
    const { pool, tasks } = callbackPool({ maxThreads: 2 })
    const parents = Array.from({ length: 6 }, (_, n) => tasks.callLater(async () => tasks.addLater(n, 1)))
    expect(await Promise.all(parents)).toEqual([1, 2, 3, 4, 5, 6])
    expect(pool.stats().threads).toBe(2)
  })

  it('ends: a blocked caller whose pool is full of calls that wait for the caller', async () => {
    const { tasks } = callbackPool({ maxThreads: 1 })
    let called: () => void = () => {}
    const isCalled = new Promise<void>(resolve => {
      called = resolve
    })
    let goOn: () => void = () => {}
    const mayGoOn = new Promise<void>(resolve => {
      goOn = resolve
    })
    const waiting = tasks.callLater(async () => {
      called()
      await mayGoOn
      return 'continued'
    })
    waiting.catch(() => {})
    await isCalled
    expect(tasks.add(1, 2).runSync()).toBe(3)
    goOn()
    expect(await waiting).toBe('continued')
  })

  it.each([1, 2, 4])('ends: fifty levels, blocking, on %i threads', async maxThreads => {
    const { pool, tasks } = callbackPool({ maxThreads })
    const level = (n: number): number =>
      n === 0 ? 0 : (tasks.callNow(() => level(n - 1) + 1).runSync() as number)
    expect(level(50)).toBe(50)
    expect(pool.stats().threads).toBeLessThanOrEqual(maxThreads)
  })

  it.each([1, 2, 4])('ends: fifty levels, awaited and blocking in turns, on %i threads', async maxThreads => {
    const { pool, tasks } = callbackPool({ maxThreads })
    const level = async (n: number): Promise<number> => {
      if (n === 0) return 0
      const awaited = tasks.callLater(async () => {
        const blocking = tasks.callNow(() => 1).runSync() as number
        return blocking + (await level(n - 1))
      })
      return (await awaited) as number
    }
    expect(await level(50)).toBe(50)
    expect(pool.stats().threads).toBeLessThanOrEqual(maxThreads)
  })

  it('ends on the loop, too, whose one thread runs what is nested in it', async () => {
    onTestFinished(() => loop.close())
    const tasks = loop.import<object>(CALLBACK_TASKS) as unknown as ReturnType<typeof callbackPool>['tasks']
    const level = (n: number): number =>
      n === 0 ? 0 : (tasks.callNow(() => level(n - 1) + 1).runSync() as number)
    expect(level(50)).toBe(50)
    expect(await tasks.callLater(async () => tasks.addLater(1, 2))).toBe(3)
  })

  it('ends: from one pool to another and back', () => {
    const { tasks: one } = callbackPool({ maxThreads: 1 })
    const { tasks: other } = callbackPool({ maxThreads: 1 })
    const call = one.callNow(() =>
      other.callNow(() => one.callNow(() => other.add(1, 2).runSync()).runSync()).runSync()
    )
    expect(call.runSync()).toBe(3)
  })
})
