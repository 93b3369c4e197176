import { AsyncLocalStorage } from 'node:async_hooks'
import { proxy } from '@bridge/core'
import { describe, expect, it } from 'vitest'
import { callbackPool } from './callback-helpers.js'
import { user } from './fixtures/carried.mjs'
import { rejection, thrown } from './helpers.js'

describe('a function among the arguments', () => {
  it('returns its value where it is called, when it is synchronous', async () => {
    const { tasks } = callbackPool()
    const isLong = (name: string) => name.length > 1
    expect(await tasks.keep(['a', 'bb'], isLong)).toEqual(['bb'])
    expect(tasks.keep(['a', 'bb'], isLong).runSync()).toEqual(['bb'])
  })

  it('gives a promise, when it is asynchronous', async () => {
    const { tasks } = callbackPool()
    expect(await tasks.kindOfCall(async () => 1)).toBe('promise')
    expect(await tasks.callLater(async (n: number) => n + 1, 1)).toBe(2)
  })

  it('gives a promise, when it is plain and returns one', async () => {
    const { tasks } = callbackPool()
    expect(await tasks.kindOfCall(() => Promise.resolve(1))).toBe('promise')
    expect(await tasks.callLater((n: number) => Promise.resolve(n + 1), 1)).toBe(2)
  })

  it('can be waited for by runSync(), when it is asynchronous', async () => {
    const { tasks } = callbackPool()
    expect(await tasks.waitFor(async (n: number) => n + 1, 1)).toBe(2)
  })

  it('can be given a timeout, as any call can', async () => {
    const { tasks } = callbackPool()
    const never = (): Promise<void> => new Promise(() => {})
    const error = await rejection(
      tasks.waitAtMost(async function slow() {
        await never()
      }, 5)
    )
    expect(error).toMatchObject({ code: 'BRIDGE_TIMEOUT', timeout: 5 })
    expect(error.message).toContain('slow()')
    expect(await tasks.add(1, 2)).toBe(3)
  })

  it('is called from inside of generators, awaited and blocking', async () => {
    const { tasks } = callbackPool()
    const double = (n: number) => n * 2
    const items: unknown[] = []
    for await (const item of tasks.eachOf(double, 3)) items.push(item)
    expect(items).toEqual([0, 2, 4])
    expect([...tasks.eachOf(double, 3)]).toEqual([0, 2, 4])
    const later: unknown[] = []
    for await (const item of tasks.eachOfLater(async (n: number) => n * 2, 3)) later.push(item)
    expect(later).toEqual([0, 2, 4])
  })

  it('streams, when it is a generator, also while its caller is blocked', async () => {
    const { tasks } = callbackPool()
    function* numbers() {
      yield* [1, 2, 3]
    }
    async function* numbersLater() {
      yield* [1, 2, 3]
    }
    expect(await tasks.sumOf(numbers)).toBe(6)
    expect(tasks.sumOf(numbers).runSync()).toBe(6)
    expect(await tasks.sumOfLater(numbers)).toBe(6)
    expect(await tasks.sumOf(numbersLater)).toBe(6)
    expect(await tasks.sumOfLater(numbersLater)).toBe(6)
  })

  it('streams an instance that can be iterated and has no fields', async () => {
    const { tasks } = callbackPool()
    class Naturals {
      *[Symbol.iterator]() {
        yield* [1, 2, 3]
      }
    }
    expect(await tasks.sumOf(() => new Naturals())).toBe(6)
    expect(tasks.sumOf(() => new Naturals()).runSync()).toBe(6)
  })

  it('has its finally run, when it is a generator that is left early', async () => {
    const { tasks } = callbackPool()
    let ended = 0
    function* numbers() {
      try {
        yield 1
        yield 2
      } finally {
        ended++
      }
    }
    expect(await tasks.firstOf(numbers)).toBe(1)
    expect(ended).toBe(1)
  })

  it('is the same function there each time', async () => {
    const { tasks } = callbackPool()
    const fn = (): void => {}
    expect(await tasks.areSame(fn, fn)).toBe(true)
    expect(await tasks.areSame(fn, () => {})).toBe(false)
    expect(await tasks.nameOf(fn)).toBe('fn')
  })

  it('is the same function when it is returned, at any depth, and in errors', async () => {
    const { tasks } = callbackPool()
    const fn = (): void => {}
    expect(await tasks.giveBack(fn)).toEqual({ deep: [fn] })
    expect(await rejection(tasks.throwWith(fn))).toMatchObject({ fn })
  })

  it('is found in nested data if proxy() marks it', async () => {
    const { tasks } = callbackPool()
    const fn = proxy((n: number) => n * 10)
    const data = { list: [fn], map: new Map([['fn', fn]]), options: { onEnd: fn } }
    expect(await tasks.deep(data)).toEqual([10, 20, 30])
    expect(tasks.deep(data).runSync()).toEqual([10, 20, 30])
  })

  it('is refused in nested data without proxy(), with its path and what to write instead', async () => {
    const { tasks } = callbackPool()
    const error = await rejection(tasks.deep({ list: [() => 1], map: new Map(), options: {} }))
    expect(error).toMatchObject({ code: 'BRIDGE_NOT_CLONEABLE' })
    expect(error.message).toMatch(/args\[0\]\.list\[0\].*proxy\(\)/)
  })

  it('is refused when it is a class, which could not be called', async () => {
    const { tasks } = callbackPool()
    expect(await rejection(tasks.callNow(class Some {}))).toMatchObject({ code: 'BRIDGE_NOT_CLONEABLE' })
  })

  it('throws its error with all properties in the task, and at its caller if the task does not catch it', async () => {
    const { tasks } = callbackPool()
    const fail = () => {
      throw Object.assign(new RangeError('mine'), { code: 'E_MINE' })
    }
    const failLater = async () => fail()
    expect(await tasks.caught(fail)).toEqual({
      name: 'RangeError',
      code: 'E_MINE',
      message: 'mine',
      isRange: true
    })
    expect(await rejection(tasks.callNow(fail))).toMatchObject({ code: 'E_MINE', message: 'mine' })
    expect(await rejection(tasks.callLater(failLater))).toBeInstanceOf(RangeError)
    expect(thrown(() => tasks.callNow(fail).runSync())).toBeInstanceOf(RangeError)
    expect(
      await rejection(
        tasks.sumOf(function* () {
          yield 1
          fail()
        })
      )
    ).toBeInstanceOf(RangeError)
  })

  it('throws values that are not errors, too', async () => {
    const { tasks } = callbackPool()
    const failed = await tasks
      .callNow(() => {
        throw undefined
      })
      .then(
        () => 'ended',
        (error: unknown) => error
      )
    expect(failed).toBe(undefined)
  })

  it('names the argument or result that cannot be sent', async () => {
    const { tasks } = callbackPool()
    const result = await rejection(
      tasks.callNow(function make() {
        return { deep: new WeakMap() }
      })
    )
    expect(result).toMatchObject({ code: 'BRIDGE_NOT_CLONEABLE' })
    expect(result.message).toContain('make(): its result.deep')
    const argument = await rejection(
      tasks
        .callWithItsResult(
          () => 1,
          (n: unknown) => n
        )
        .then(() => tasks.nameOf(Symbol('x')))
    )
    expect(argument.message).toContain('nameOf(): args[0]')
  })

  it('runs in the context of the call that it was passed to', async () => {
    const { tasks } = callbackPool()
    const storage = new AsyncLocalStorage<string>()
    const seen = await storage.run('caller', () => tasks.callLater(async () => storage.getStore()))
    expect(seen).toBe('caller')
  })

  it('sees what the task has set in a carried context', async () => {
    const { tasks } = callbackPool()
    expect(await user.run('outer', () => tasks.callNow(() => user.getStore()))).toBe('outer')
    expect(await user.run('outer', () => tasks.asUser('inner', () => user.getStore()))).toBe('inner')
    expect(user.run('outer', () => tasks.asUser('inner', () => user.getStore()).runSync())).toBe('inner')
  })

  it('is no longer waited for when its call is cancelled', async () => {
    const { tasks } = callbackPool({ killGrace: 1000 })
    const call = tasks.callNow(() => new Promise(() => {})).start()
    await tasks.add(1, 1)
    call.cancel(new RangeError('enough'))
    expect(await rejection(call)).toMatchObject({ message: 'enough' })
  })
})
