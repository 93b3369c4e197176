import { type ContextSnapshot, captureContext, createContext } from '@bridge/context'
import { NotCloneableError } from '@bridge/core'
import { createPool, loop } from '@bridge/pool'
import { afterAll, describe, expect, test } from 'vitest'

type Tasks = typeof import('./fixtures/context.tasks.mjs')

const url = new URL('./fixtures/context.tasks.mjs', import.meta.url)
const pool = createPool({ maxThreads: 2 })
const tasks = pool.import<Tasks>(url)
afterAll(() => pool.close())

const user = createContext<unknown>('user')

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

describe('in a worker, a context is seen', () => {
  test('by an awaited call, synchronous or not', async () => {
    const seen = await user.run('ada', () => Promise.all([tasks.readUser(), tasks.readUserLater()]))
    expect(seen).toEqual(['ada', 'ada'])
  })

  test('by a blocking call, synchronous or not', () => {
    expect(user.run('ada', () => [tasks.readUser().runSync(), tasks.readUserLater().runSync()])).toEqual([
      'ada',
      'ada'
    ])
  })

  test('by a plain blocking function of the loop', () => {
    expect(user.run('ada', () => loop.importSync<Tasks>(url).readUserLater())).toBe('ada')
  })

  test('at every step of a stream, however late it is pulled', async () => {
    const stream = await user.run('ada', async () => await tasks.readUserOften(3))
    expect(await user.run('someone else', () => collect(stream))).toEqual(['ada', 'ada', 'ada'])
    const later = await user.run('ada', async () => await tasks.readUserOftenLater(3))
    expect(await collect(later)).toEqual(['ada', 'ada', 'ada'])
  })

  test('by the finally of a generator that is stopped', async () => {
    const single = createPool({ maxThreads: 1 })
    const { readUserOften, lastClosedAs } = single.import<Tasks>(url)
    await user.run('ada', async () => {
      for await (const _ of readUserOften(1000)) break
    })
    expect(await lastClosedAs()).toBe('ada')
    await single.close()
  })

  test('by five hundred concurrent calls, each its own', async () => {
    const ids = Array.from({ length: 500 }, (_, n) => n)
    expect(await Promise.all(ids.map(id => user.run(id, () => tasks.readUserLater())))).toEqual(ids)
  })

  test('by calls with more contexts than a thread caches, in any order, blocking and awaited, with any arguments', async () => {
    const single = createPool({ maxThreads: 1 })
    const { readUserWith } = single.import<Tasks>(url)
    const values: unknown[] = Array.from({ length: 150 }, (_, n) => `user ${n}`)
    values.push(0, -1.5, Number.NaN, true, null, 10n, '\ud800', 'x'.repeat(5000), ['a'], { name: 'ada' })
    const payloads = [[], [1], ['x'.repeat(3000)], [{ deep: ['x'.repeat(2000)] }], [new Date(0)]]
    const kept = values.map(value => user.run(value, () => captureContext()))
    const order = Array.from({ length: 900 }, (_, n) => (n * 7 + (n >> 4)) % values.length)
    const calls = order.map((of, n) => {
      const call = (kept[of] as ContextSnapshot).run(() => readUserWith(...(payloads[n % 5] as unknown[])))
      return n % 90 === 0 ? call.runSync() : call.then()
    })
    expect(await Promise.all(calls)).toStrictEqual(order.map(of => values[of]))
    await single.close()
  })

  test('as the decoded value, a new one for each call, also if the caller does not encode', async () => {
    const single = createPool({ maxThreads: 1 })
    const { markSession } = single.import<Tasks>(url)
    const session = createContext<string>('plain session')
    await session.run('s1', async () => {
      // The thread gets the context with the second call, and only its number from then on.
      for (let n = 0; n < 4; n++) expect(await markSession()).toBe(1)
      for (let n = 0; n < 4; n++) expect(markSession().runSync()).toBe(1)
    })
    await single.close()
  })

  test('not by a call made outside', async () => {
    await user.run('ada', () => tasks.readUser())
    expect(await tasks.readUser()).toBeUndefined()
  })

  test('as the decoded value', async () => {
    const session = createContext<{ id: string; socket: () => void }>('session', {
      encode: value => value.id
    })
    const seen = await session.run({ id: 's1', socket: () => {} }, () => tasks.readSession())
    expect(seen).toEqual({ id: 's1', decoded: true })
  })

  test('by a context that the worker creates only after the value has arrived', async () => {
    const late = createContext<string>('late')
    expect(await late.run('early', () => tasks.readLate('late'))).toBe('early')
  })

  test('not if it is local', async () => {
    const logger = createContext<() => void>('logger of workers', { local: true })
    expect(
      await logger.run(
        () => {},
        () => user.run('ada', () => tasks.readAll())
      )
    ).toEqual({ user: 'ada' })
  })
})

describe("a callee's changes", () => {
  test('never reach the caller', async () => {
    const value = { name: 'ada' }
    await user.run(value, async () => {
      expect(await tasks.rename('changed')).toEqual({ name: 'changed' })
      expect(user.get()).toBe(value)
    })
    expect(value).toEqual({ name: 'ada' })
  })

  test('of a value in place by the caller itself are seen by the next call', async () => {
    const value = { name: 'ada' }
    const seen = await user.run(value, async () => {
      const before = await tasks.readUser()
      value.name = 'grace'
      return [before, await tasks.readUser()]
    })
    expect(seen).toEqual([{ name: 'ada' }, { name: 'grace' }])
  })
})

describe('a value that cannot be cloned', () => {
  const cases: [string, unknown][] = [
    ['a function', () => {}],
    ['a symbol', Symbol('unique')],
    ['a function deep inside', { deep: [{ fn: () => {} }] }],
    ['a function in a Map', new Map([['fn', () => {}]])]
  ]

  test.each(cases)('such as %s gives an error that names its context', async (_, value) => {
    const call = user.run(value, () => tasks.readUser().then(() => 'arrived'))
    await expect(call).rejects.toThrow(NotCloneableError)
    await expect(call).rejects.toThrow("'user'")
    expect(() => user.run(value, () => tasks.readUser().runSync())).toThrow("'user'")
  })

  test('is detected in a value that could be cloned before', async () => {
    const value: Record<string, unknown> = { name: 'ada' }
    await user.run(value, () => tasks.readUser())
    value.save = () => {}
    await expect(user.run(value, () => tasks.readUser().then())).rejects.toThrow("'user'")
  })

  test('is accepted on the thread where it was set', () => {
    const greet = () => 'here'
    expect(user.run(greet, () => user.get())).toBe(greet)
  })

  test('does not reject unusual values that can be cloned', async () => {
    const value = {
      at: new Date(0),
      seen: new Map([[1, new Set(['a'])]]),
      big: 2n,
      none: undefined,
      nan: Number.NaN
    }
    expect(await user.run(value, () => tasks.readUser())).toEqual(value)
    const loop: { self?: unknown } = {}
    loop.self = loop
    const arrived = (await user.run(loop, () => tasks.readUser())) as typeof loop
    expect(arrived.self).toBe(arrived)
  })
})
