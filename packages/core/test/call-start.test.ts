import { AsyncLocalStorage } from 'node:async_hooks'
import { bridge, CannotBlockError, InvalidArgumentError } from '@bridge/core'
import { describe, expect, test, vi } from 'vitest'
import { turn } from './latch.js'

describe('a call', () => {
  test('does not run before the next microtask', async () => {
    const fn = vi.fn(() => 1)
    const call = bridge(fn)()
    expect(fn).not.toHaveBeenCalled()
    await null
    expect(fn).toHaveBeenCalledTimes(1)
    await call
  })

  test('that is not consumed still runs, once', async () => {
    const fn = vi.fn()
    bridge(fn)()
    await turn()
    expect(fn).toHaveBeenCalledTimes(1)
  })

  test('runs once however often it is consumed, and in whatever way', async () => {
    const fn = vi.fn(() => ({}))
    const call = bridge(fn)()
    const value = await call
    expect(await call).toBe(value)
    expect(call.runSync()).toBe(value)
    expect(await call.start()).toBe(value)
    expect(call.start().waitSync()).toBe(value)
    expect(fn).toHaveBeenCalledTimes(1)
  })

  test('that was blocked on can be awaited, and gives the same value or error', async () => {
    const fn = vi.fn(() => ({}))
    const call = bridge(fn)()
    expect(call.runSync()).toBe(await call)
    const error = new Error('no')
    const failing = bridge(() => {
      throw error
    })()
    expect(() => failing.runSync()).toThrow(error)
    expect(() => failing.runSync()).toThrow(error)
    await expect(failing).rejects.toBe(error)
    expect(fn).toHaveBeenCalledTimes(1)
  })

  test('awaited in several places at once runs once', async () => {
    const fn = vi.fn(async () => ({}))
    const call = bridge(fn)()
    const [a, b, c] = await Promise.all([call, call, call.finally(() => {})])
    expect(a).toBe(b)
    expect(b).toBe(c)
    expect(fn).toHaveBeenCalledTimes(1)
  })

  test('started automatically can be blocked on, where its function was synchronous', async () => {
    const fn = vi.fn(() => 7)
    const call = bridge(fn)()
    await turn()
    expect(call.runSync()).toBe(7)
    expect(fn).toHaveBeenCalledTimes(1)
  })

  test('started automatically and then iterated runs once', async () => {
    for (const collect of [
      async (call: AsyncIterable<number>) => {
        for await (const _ of call);
      },
      async (call: Iterable<number>) => {
        for (const _ of call);
      }
    ]) {
      const fn = vi.fn(() => [1, 2].values())
      const call = bridge(fn)()
      await turn()
      await collect(call)
      expect(fn).toHaveBeenCalledTimes(1)
    }
  })

  test('started on this thread throws at runSync() while its promise is pending', async () => {
    const call = bridge((value: number): number | Promise<number> => Promise.resolve(value))(1)
    await turn()
    expect(() => (call as unknown as { runSync(): number }).runSync()).toThrow('this thread')
    expect(await call).toBe(1)
  })

  test('of a generator is lazy', async () => {
    const fn = vi.fn()
    const items = bridge(function* () {
      fn()
      yield 1
    })
    items()
    await turn()
    expect(fn).not.toHaveBeenCalled()
  })

  test('passes this, arguments and results through', async () => {
    const counter = {
      start: 10,
      add: bridge(function (this: { start: number }, a: number, b = 1) {
        return this.start + a + b
      } as (a: number, b?: number) => number)
    }
    expect(await counter.add(1)).toBe(12)
    expect(counter.add(1, 2).runSync()).toBe(13)
  })

  test('of a wrapper keeps name and length', () => {
    const named = bridge(function hash(_text: string, _rounds: number) {})
    expect([named.name, named.length]).toEqual(['hash', 2])
    expect(bridge((..._: number[]) => {}).length).toBe(0)
  })
})

describe('with()', () => {
  test('makes a new call and disarms the old one', async () => {
    const fn = vi.fn(() => 1)
    const call = bridge(fn)()
    const bounded = call.with({ timeout: 1000 })
    expect(Object.is(bounded, call)).toBe(false)
    expect(await bounded).toBe(1)
    await turn()
    expect(fn).toHaveBeenCalledTimes(1)
    await expect(call).rejects.toThrow(InvalidArgumentError)
  })

  test('chains, and the last one runs with all the options', async () => {
    const fn = vi.fn(() => 1)
    const signal = AbortSignal.abort(new Error('stop'))
    await expect(bridge(fn)().with({ signal }).with({ timeout: 1000 })).rejects.toThrow('stop')
    await turn()
    expect(fn).not.toHaveBeenCalled()
  })

  test('that refuses its options has disarmed the call, which never runs', async () => {
    const fn = vi.fn(() => 1)
    const call = bridge(fn)()
    expect(() => call.with({ timeout: -1 })).toThrow(InvalidArgumentError)
    await expect(call).rejects.toThrow('replaced')
    await turn()
    expect(fn).not.toHaveBeenCalled()
  })

  test('keeps the context of the making, of an AsyncLocalStorage that has no carrier too', async () => {
    const storage = new AsyncLocalStorage<string>()
    const read = bridge(() => storage.getStore())
    const call = storage.run('here', () => read())
    expect(await storage.run('elsewhere', () => call.with({ timeout: 1000 }))).toBe('here')
    const chained = storage.run('here', () => read())
    expect(await storage.run('elsewhere', () => chained.then(value => value))).toBe('here')
  })
})

test('a call that is awaited still runs when another caller can not block on it', async () => {
  const call = bridge(async () => 1)()
  const awaited = call.then(value => value)
  // @ts-expect-error: of a local async function the types know that it can not block
  expect(() => call.runSync()).toThrow(CannotBlockError)
  expect(await awaited).toBe(1)
})
