import assert from 'node:assert/strict'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pooled } from './helpers.js'

interface Echoes {
  echo<T>(value: T): T
  all<T extends readonly unknown[]>(...values: T): T
}

type Counting = typeof import('./fixtures/counted.mjs')

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** In bytes, garbage left out. */
function heapUsed(): number {
  collect()
  return process.memoryUsage().heapUsed
}

const url = new URL('./fixtures/echo.mjs', import.meta.url)

/** What no clone is needed for, with all that JSON and UTF-8 would spoil, and texts around every bound of size. */
const small = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constantFrom(undefined, null, -0, Number.NaN, '', '\0', '\ud83d', '\udc00x', 'é', '中'.repeat(7)),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'binary-ascii', maxLength: 300 }),
  fc
    .tuple(fc.constantFrom('x', 'é', '中', '😀'), fc.integer({ min: 0, max: 30_000 }))
    .map(([unit, length]) => unit.repeat(length / unit.length))
)

describe('arguments that are numbers, texts, booleans, null and undefined', () => {
  it('arrive unchanged, in any number, from a blocking caller', () => {
    const tasks = pooled({ maxThreads: 1 }).pool.import<Echoes>(url)
    fc.assert(
      fc.property(fc.array(small, { maxLength: 12 }), values => {
        expect(tasks.all(...values).runSync()).toStrictEqual(values)
      }),
      { numRuns: 200 }
    )
  })

  it('and results that are one of them, awaited at once, far more than fit into shared memory, beside large ones', async () => {
    const tasks = pooled({ maxThreads: 2 }).pool.import<Echoes>(url)
    await fc.assert(
      fc.asyncProperty(fc.array(small, { minLength: 1, maxLength: 300 }), async values => {
        const arrived = await Promise.all(values.map(value => tasks.echo(value)))
        // Tells at which place they differ, and not both lists.
        expect(values.findIndex((value, index) => !Object.is(value, arrived[index]))).toBe(-1)
      }),
      { numRuns: 30 }
    )
  })
})

/** What a structured clone keeps of it goes through shared memory, where all else in it is of that kind too. */
const leaf = fc.oneof(
  small,
  // Node 20's assert takes two invalid dates for different ones: they have a test of their own.
  fc.date({ noInvalidDate: true }),
  fc.constantFrom<unknown>(-1, 2 ** 31, -(2 ** 31), 2 ** 53)
)
const key = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'toJSON', '', '0', '17', 'a\0b', '\ud83d', 'é'),
  fc.string({ unit: 'binary', maxLength: 20 })
)
/** The language's own objects, ones without a prototype, and ones with many properties. */
const nested = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 12 }),
    fc.dictionary(key, tie('value'), { maxKeys: 24, noNullPrototype: false }),
    fc.sparseArray(tie('value'), { maxNumElements: 4, maxLength: 8 }),
    fc
      .tuple(tie('value'), fc.array(key, { maxLength: 3 }))
      .map(([value, keys]) => keys.map(name => ({ [name]: value, id: 1, list: [value] }))),
    fc.tuple(fc.array(leaf, { maxLength: 3 }), leaf).map(([list, extra]) => Object.assign(list, { extra }))
  )
})).value

describe('objects and arrays', () => {
  it('arrive as a structured clone makes them, from a caller that blocks, one time after another', () => {
    const tasks = pooled({ maxThreads: 1 }).pool.import<Echoes>(url)
    fc.assert(
      fc.property(nested, value => {
        const cloned = structuredClone(value)
        assert.deepStrictEqual(tasks.echo(value).runSync(), cloned)
        assert.deepStrictEqual(tasks.echo(value).runSync(), cloned)
      }),
      { numRuns: 500 }
    )
  })

  it('and from a caller that awaits many at once', async () => {
    const tasks = pooled({ maxThreads: 2 }).pool.import<Echoes>(url)
    await fc.assert(
      fc.asyncProperty(fc.array(nested, { minLength: 1, maxLength: 100 }), async values => {
        const arrived = await Promise.all(values.map(value => tasks.echo(value)))
        assert.deepStrictEqual(
          arrived,
          values.map(value => structuredClone(value))
        )
      }),
      { numRuns: 40 }
    )
  })

  it('hold invalid dates as such', async () => {
    const tasks = pooled({ maxThreads: 1 }).pool.import<Echoes>(url)
    await tasks.echo(0)
    const dates = (): Date[] => [new Date(Number.NaN), new Date(0), new Date(Number.NaN)]
    expect(await tasks.echo(new Date(Number.NaN))).toStrictEqual(new Date(Number.NaN))
    expect(await tasks.echo({ list: dates(), at: dates()[0] })).toStrictEqual({
      list: dates(),
      at: dates()[0]
    })
    expect(tasks.echo(dates()).runSync()).toStrictEqual(dates())
  })

  it('have their properties in the same order', async () => {
    const tasks = pooled({ maxThreads: 1 }).pool.import<Echoes>(url)
    await tasks.echo(0)
    await fc.assert(
      fc.asyncProperty(fc.dictionary(key, fc.nat(), { maxKeys: 40 }), async object => {
        expect(Object.keys((await tasks.echo(object)) as object)).toEqual(
          Object.keys(structuredClone(object))
        )
      }),
      { numRuns: 200 }
    )
  })

  it('contain one object twice if it was there twice, and themselves', async () => {
    const tasks = pooled({ maxThreads: 1 }).pool.import<Echoes>(url)
    await tasks.echo(0)
    for (const among of [2, 40]) {
      const one = { a: 1 }
      const others = Array.from({ length: among }, (_, id) => ({ id }))
      const twice = (await tasks.echo([...others, one, { one }, one])) as object[]
      expect(twice[among]).toBe(twice[among + 2])
      expect((twice[among + 1] as { one: object }).one).toBe(twice[among])
    }
    const ring: unknown[] = []
    ring.push([ring])
    const arrived = (await tasks.echo(ring)) as unknown[][]
    expect(arrived[0]?.[0]).toBe(arrived)
  })

  it('have the state of when their call was sent, and results that of when it ended', async () => {
    const tasks = pooled({ maxThreads: 1 }).pool.import<Counting>(
      new URL('./fixtures/counted.mjs', import.meta.url)
    )
    const calls = Array.from({ length: 50 }, () => tasks.counted())
    const counts = (await Promise.all(calls)).map(({ n }) => n)
    expect(counts).toEqual(Array.from({ length: 50 }, (_, index) => index + 1))
  })

  it('keep their properties whatever Object.prototype contains', async () => {
    const tasks = pooled({ maxThreads: 1 }).pool.import<Echoes>(url)
    const sent = { caught: 1, kept: { caught: 'x' } }
    await tasks.echo(sent)
    const seen: unknown[] = []
    Object.defineProperty(Object.prototype, 'caught', {
      configurable: true,
      set: value => seen.push(value)
    })
    try {
      const arrived = (await tasks.echo(sent)) as typeof sent
      expect([seen, Object.keys(arrived), arrived.caught, arrived.kept.caught]).toEqual([
        [],
        ['caught', 'kept'],
        1,
        'x'
      ])
    } finally {
      delete (Object.prototype as { caught?: unknown }).caught
    }
  })

  it('may have getters that make calls, which change nothing of the call that is being sent', async () => {
    const tasks = pooled({ maxThreads: 1 }).pool.import<Echoes>(url)
    await tasks.echo(0)
    const calls: PromiseLike<unknown>[] = []
    const nosy = {
      before: 'text',
      get blocking() {
        return (tasks.echo({ inner: [1, 'two'] }).runSync() as { inner: unknown }).inner
      },
      get started() {
        calls.push(tasks.echo({ started: calls.length }).start(), tasks.echo(new Map([[1, 2]])).start())
        return 5
      },
      after: [1, 2, { three: 3 }]
    }
    const expected = { before: 'text', blocking: [1, 'two'], started: 5, after: [1, 2, { three: 3 }] }
    expect(await tasks.echo(nosy)).toEqual(expected)
    expect(tasks.echo(nosy).runSync()).toEqual(expected)
    expect(await Promise.all([tasks.echo(nosy), tasks.echo(nosy), tasks.echo(1)])).toEqual([
      expected,
      expected,
      1
    ])
    for (const [index, call] of calls.entries()) {
      expect(await call).toEqual(index % 2 === 0 ? { started: index } : new Map([[1, 2]]))
    }
  })

  it('may have getters that call functions which the thread does not know yet, like that of the call itself', async () => {
    const tasks = pooled({ maxThreads: 1 }).pool.import<Counting>(
      new URL('./fixtures/counted.mjs', import.meta.url)
    )
    await tasks.lengthOf('abc')
    // It is read more than once: what is looked for in the arguments comes first.
    const unknown = [() => tasks.counted(), () => tasks.countedWith(0)]
    const given = {
      map: new Map([[1, 2]]),
      get value() {
        unknown.shift()?.().runSync()
        return 3
      }
    }
    expect(await tasks.given(given)).toEqual({ map: new Map([[1, 2]]), value: 3 })
    expect(unknown).toEqual([])
    expect(await tasks.given(1)).toBe(1)
    expect(await tasks.countedWith(0)).toEqual({ n: 3 })
  })

  it('run elsewhere where their thread is replaced while a getter of theirs blocks', async () => {
    const tasks = pooled({ maxThreads: 2, recycleAfter: { calls: 3 } }).pool.import<Echoes>(url)
    const argument = (more: unknown, left = 9) => ({
      more,
      get value() {
        for (let n = 0; n < 3 && left > 0; n++) tasks.echo(left--).runSync()
        return 1
      }
    })
    for (const more of [1, new Map([[1, 2]])]) {
      for (let n = 0; n < 5; n++) {
        expect(await tasks.echo(argument(more))).toEqual({ more, value: 1 })
        expect(tasks.echo(argument(more)).runSync()).toEqual({ more, value: 1 })
      }
    }
  })

  it('start once, whatever a getter of an earlier call makes, and where a getter awaits its own call', async () => {
    const tasks = pooled({ maxThreads: 1 }).pool.import<Counting>(
      new URL('./fixtures/counted.mjs', import.meta.url)
    )
    for (const consume of ['start', 'runSync'] as const) {
      let isFirst = true
      const before = await tasks.counted()
      const earlier = tasks.given({
        get value() {
          if (isFirst) tasks.given('from the getter').start()
          isFirst = false
          return 1
        }
      })
      const call = tasks.counted()
      const { n } = consume === 'start' ? await call.start() : call.runSync()
      expect(n).toBe(before.n + 1)
      expect(await tasks.counted()).toEqual({ n: n + 1 })
      expect(await earlier).toEqual({ value: 1 })
    }
    let seen: PromiseLike<unknown> | undefined
    const before = await tasks.counted()
    const own = tasks.countedWith({
      get value() {
        seen ??= own.then(found => found)
        return 1
      }
    })
    const { n } = await own.start()
    expect([n, await seen]).toEqual([before.n + 1, { n }])
    expect(await tasks.counted()).toEqual({ n: n + 1 })
  })

  it('are refused with a DeadlockError where a getter blocks on the call that it belongs to', () => {
    const tasks = pooled({ maxThreads: 1 }).pool.import<Counting>(
      new URL('./fixtures/counted.mjs', import.meta.url)
    )
    const call = tasks.given({
      get value(): unknown {
        return call.runSync()
      }
    })
    expect(() => call.runSync()).toThrow(/given\(\).* blocks on the call itself/)
  })

  it('retain nothing of a long text that was too long for shared memory', async () => {
    const tasks = pooled({ maxThreads: 1 }).pool.import<Counting>(
      new URL('./fixtures/counted.mjs', import.meta.url)
    )
    await tasks.lengthOf('')
    const before = heapUsed()
    expect(await tasks.lengthOf({ text: 'x'.repeat(60e6) + Math.random() })).toBeGreaterThan(60e6)
    expect(heapUsed() - before).toBeLessThan(30e6)
  })
})
