import { carryCls } from '@bridge/context/cls'
import { InvalidArgumentError } from '@bridge/core'
import { createPool, loop } from '@bridge/pool'
import { CLS_ID, CLS_REQ, ClsServiceManager, type ClsStore } from 'nestjs-cls'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'

type Tasks = typeof import('./fixtures/cls.tasks.mjs')

const url = new URL('./fixtures/cls.tasks.mjs', import.meta.url)
const pool = createPool({ maxThreads: 1 })
const tasks = pool.import<Tasks>(url)
const cls = ClsServiceManager.getClsService()
afterAll(() => pool.close())
afterEach(() => carryCls())

class User {
  name = 'ada'
  greet() {
    return this.name
  }
}

/** A request's store, as the middleware of nestjs-cls makes it. */
function within<R>(id: unknown, keys: object, fn: () => R): R {
  const store = { [CLS_ID]: id, [CLS_REQ]: { socket: () => {} }, ...keys } as unknown as ClsStore
  return cls.runWith(store, fn)
}

describe('the store of nestjs-cls', () => {
  test('is available in the worker: its id and its keys, without the request', async () => {
    const keys = { tenant: 'acme', user: { id: 1, roles: ['admin'] }, since: new Date(0), seen: new Set([1]) }
    await within('r1', keys, async () => {
      const expected = { id: 'r1', keys: expect.objectContaining(keys), hasRequest: false }
      expect(await tasks.see()).toEqual(expected)
      expect(await tasks.seeLater()).toEqual(expected)
      expect(tasks.see().runSync()).toEqual(expected)
      expect(loop.importSync<Tasks>(url).see()).toEqual(expected)
    })
    expect(await tasks.see()).toEqual({ id: undefined, keys: undefined, hasRequest: false })
  })

  test("is the call's own for each of 200 concurrent calls", async () => {
    const ids = Array.from({ length: 200 }, (_, n) => `${n}`)
    const seen = await Promise.all(ids.map(id => within(id, { tenant: id }, () => tasks.seeLater())))
    expect(seen.map(({ id, keys }) => [id, keys?.tenant])).toEqual(ids.map(id => [id, id]))
  })

  test('can be set in the worker, on a copy that lasts as long as the call', async () => {
    await within('r1', { tenant: 'acme' }, async () => {
      expect(await tasks.set('tenant', 'other')).toBe('other')
      expect(cls.get('tenant')).toBe('acme')
      expect((await tasks.see()).keys).toEqual({ tenant: 'acme' })
      const counted: unknown[] = []
      for await (const item of tasks.count(3)) counted.push(item)
      expect(counted).toEqual([1, 2, 3].map(count => ({ id: 'r1', count })))
    })
  })

  test("is the caller's own in a callback, with its request", async () => {
    await within('r1', {}, async () => {
      const own = cls.get()
      expect(await tasks.callBack(() => cls.get() === own)).toBe(true)
    })
  })

  test('has in a callback what the task has set, on a copy that keeps the request', async () => {
    await within('r1', { tenant: 'acme' }, async () => {
      const seen = await tasks.setAndCallBack('tenant', 'set', () => [
        cls.get('tenant'),
        cls.has(CLS_REQ),
        cls.getId()
      ])
      expect(seen).toEqual(['set', true, 'r1'])
      expect(cls.get('tenant')).toBe('acme')
    })
  })
})

describe('a key that cannot be cloned', () => {
  test('stays, with one warning, and the call runs', async () => {
    const warnings: string[] = []
    const warn = vi
      .spyOn(process, 'emitWarning')
      .mockImplementation(warning => void warnings.push(`${warning}`))
    try {
      for (let n = 0; n < 3; n++) {
        const { keys } = await within('r1', { socket: () => {}, tenant: 'acme' }, () => tasks.see())
        expect(keys).toEqual({ tenant: 'acme' })
      }
    } finally {
      warn.mockRestore()
    }
    expect(warnings).toEqual([
      expect.stringMatching(/^the key 'socket' of the CLS store stays on its thread: .*carryCls/)
    ])
  })

  test('because it cannot even be read stays as well, and so does an id', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const unreadable = {
      get value(): never {
        throw new Error('not now')
      }
    }
    try {
      const { id, keys } = await within((() => {}) as never, { unreadable, tenant: 'acme' }, () =>
        tasks.see()
      )
      expect([id, keys]).toEqual([undefined, { tenant: 'acme' }])
    } finally {
      warn.mockRestore()
    }
  })

  test('with an instance keeps only its data', async () => {
    const { keys } = await within('r1', { user: new User() }, () => tasks.see())
    expect(keys).toEqual({ user: { name: 'ada' } })
  })
})

test('with any name travels', async () => {
  const { keys } = await within('r1', JSON.parse('{"__proto__":{"a":1}}'), () => tasks.see())
  expect(Object.entries(keys ?? {})).toEqual([['__proto__', { a: 1 }]])
})

describe('carryCls()', () => {
  test('limits the keys that travel to the named ones, and the id', async () => {
    carryCls({ keys: ['tenant', 'absent'] })
    const seen = await within('r1', { tenant: 'acme', user: 'ada', socket: () => {} }, () => tasks.see())
    expect(seen).toEqual({ id: 'r1', keys: { tenant: 'acme' }, hasRequest: false })
  })

  test.each([[{ keys: 'tenant' }], [{ keys: [1] }], [{ key: [] }], [null]])('refuses %o', options => {
    expect(() => carryCls(options as never)).toThrow(InvalidArgumentError)
  })
})
