import { AsyncLocalStorage } from 'node:async_hooks'
import { addCarrier, inline } from '@bridge/core'
import { loop } from '@bridge/pool'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { latch, pooled, rejection, runScript, thrown } from './helpers.js'

const STUBS = new URL('./fixtures/stubs-globals.mjs', import.meta.url)
const LOADS_CORE = new URL('./fixtures/loads-core.mjs', import.meta.url)
type LoadsCore = typeof import('./fixtures/loads-core.mjs')

describe('a task that replaces globals', () => {
  it.each(['pool', 'loop'] as const)('does not disturb the thread that runs it, on %s', async where => {
    const { code, stdout, stderr } = await runScript(`
      import { createPool, loop } from '@bridge/pool'
      const executor = ${where === 'pool' ? 'createPool({ maxThreads: 1 })' : 'loop'}
      const tasks = executor.import(${JSON.stringify(STUBS.href)})
      await tasks.stub()
      const items = []
      for await (const n of tasks.count(3)) items.push(n)
      console.log(await tasks.add(1, 2), tasks.add(2, 3).runSync(), await tasks.addLater(3, 4), items.join())
      console.log(await tasks.waits().with({ timeout: 100 }).catch(error => error.code))
      console.log(await tasks.addLater(4, 5))
      await executor.close()`)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toBe('3 5 7 1,2,3\nBRIDGE_TIMEOUT\n9\n')
  })
})

describe("a test's fake timers", () => {
  it('stop no call', async () => {
    const { tasks } = pooled()
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    expect(await tasks.add(1, 2)).toBe(3)
    expect((await rejection(tasks.waitForAbort().with({ timeout: 100 }))).code).toBe('BRIDGE_TIMEOUT')
    expect(tasks.add(1, 2).runSync()).toBe(3)
  })
})

describe('a duration', () => {
  it.each([Infinity, 2 ** 31])('of %s ms is not reached at once', async milliseconds => {
    const { pool, tasks } = pooled({
      killGrace: milliseconds,
      idleTimeout: milliseconds,
      importTimeout: milliseconds
    })
    const call = tasks.addLater(1, 2).with({ timeout: milliseconds, runTimeout: milliseconds })
    expect(await call).toBe(3)
    expect(tasks.addLater(1, 2).with({ timeout: milliseconds }).start().waitSync(milliseconds)).toBe(3)
    const stop = new AbortController()
    const stopped = rejection(tasks.waitForAbort().with({ signal: stop.signal }))
    await tasks.add(1, 2)
    stop.abort(new Error('stopped'))
    expect((await stopped).message).toBe('stopped')
    expect(pool.stats().ended.byCause).toEqual({})
    await pool.close({ timeout: milliseconds })
  })
})

describe('a blocked wait with a timeout', () => {
  it('ends by the clock, whatever the callbacks take that it serves', async () => {
    const { pool } = pooled({ maxThreads: 1 })
    const tasks = pool.import<LoadsCore>(LOADS_CORE)
    const burn = (): void => {
      const end = performance.now() + 60
      while (performance.now() < end);
    }
    const future = tasks.callOften(burn, 50).start()
    const began = performance.now()
    expect(thrown(() => future.waitSync(200)).code).toBe('BRIDGE_TIMEOUT')
    // Fifty callbacks take three seconds; the one that is under way when the time is up ends first.
    expect(performance.now() - began).toBeLessThan(1500)
    await future
  })
})

describe('currentTask()', () => {
  it('is defined in the first task of a thread that loads core during it', async () => {
    for (const executor of [pooled({ maxThreads: 1 }).pool, loop.pin()]) {
      const tasks = executor.import<LoadsCore>(LOADS_CORE)
      expect(await tasks.nameOfTask().with({ timeout: 60_000 })).toEqual(['nameOfTask', 'nameOfTask'])
      expect(await tasks.nameOfTask()).toEqual(['nameOfTask', 'nameOfTask'])
      await executor.close()
    }
  })

  it('is defined in the first step of a generator that loads core during it', async () => {
    const { pool } = pooled({ maxThreads: 1 })
    const names: unknown[] = []
    for await (const name of pool.import<LoadsCore>(LOADS_CORE).namesInSteps()) names.push(name)
    expect(names).toEqual(['namesInSteps', 'namesInSteps'])
  })
})

describe('what a carrier captures that can not be cloned', () => {
  it('is named in the error instead of the arguments', async () => {
    const storage = new AsyncLocalStorage<unknown>()
    addCarrier({
      name: 'bad carrier',
      module: import.meta.url,
      capture: () => storage.getStore(),
      restore: (value, fn) => storage.run(value, fn)
    })
    const { tasks } = pooled()
    const make = () => storage.run({ fn: () => {} }, () => tasks.add(1, 2))
    for (const error of [
      await rejection(make()),
      thrown(() => make().runSync()),
      await rejection(make().start())
    ]) {
      expect(error.code).toBe('BRIDGE_NOT_CLONEABLE')
      expect(error.message).toMatch(/add\(\).*'bad carrier'/)
    }
    expect(
      await storage.run({ fn: () => {} }, () =>
        inline
          .import<typeof import('./fixtures/echo.mjs')>(new URL('./fixtures/echo.mjs', import.meta.url))
          .echo(1)
      )
    ).toBe(1)
  })
})

describe('what is nested in a task that its scope ends', () => {
  it('ends neither the thread nor the process', async () => {
    const { pool } = pooled({ maxThreads: 1, killGrace: 10_000 })
    const tasks = pool.import<LoadsCore>(LOADS_CORE)
    const { word, open } = latch()
    open()
    await tasks.nests(word)
    const error = await rejection(tasks.nests(undefined).with({ timeout: 50 }))
    expect(error.code).toBe('BRIDGE_TIMEOUT')
    expect(await tasks.nests(word)).toBe('ended')
    expect(pool.stats().ended.byCause).toEqual({})
  })
})
