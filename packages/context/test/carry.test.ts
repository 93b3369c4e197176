import { AsyncLocalStorage } from 'node:async_hooks'
import { captureContext, carry, restoreContext } from '@bridge/context'
import { bridge, InvalidArgumentError, NotCloneableError } from '@bridge/core'
import { createPool, loop } from '@bridge/pool'
import { afterAll, describe, expect, test } from 'vitest'
import { brokenStore, requestStore, Session, sessionStore, tenantStore } from './fixtures/stores.mjs'

type Tasks = typeof import('./fixtures/store.tasks.mjs')

const url = new URL('./fixtures/store.tasks.mjs', import.meta.url)
const pool = createPool({ maxThreads: 1 })
const tasks = pool.import<Tasks>(url)
afterAll(() => pool.close())

/** A typical store of an application: most of it cannot be cloned. */
const store = (id: string) => ({ id, user: { name: `user of ${id}` }, request: { socket: () => {} } })
const picked = (id: string) => ({ id, user: { name: `user of ${id}` } })
const nothing = { request: undefined, tenant: undefined, session: undefined }

function within<R>(id: string, fn: () => R): R {
  return requestStore.run(store(id), () => tenantStore.run(id, () => sessionStore.run(new Session(id), fn)))
}

const seenBy = (id: string) => ({ request: picked(id), tenant: id, session: `session ${id}` })

describe('a carried storage is seen on another thread', () => {
  test('by awaited and blocking calls, as the picked and decoded value', async () => {
    await within('a', async () => {
      expect(await tasks.see()).toEqual(seenBy('a'))
      expect(await tasks.seeLater()).toEqual(seenBy('a'))
      expect(tasks.seeLater().runSync()).toEqual(seenBy('a'))
      expect(loop.importSync<Tasks>(url).see()).toEqual(seenBy('a'))
      expect(await tasks.see().start()).toEqual(seenBy('a'))
    })
    expect(await tasks.see()).toEqual(nothing)
  })

  test('at each step of a stream and in its finally, on one copy', async () => {
    const steps: unknown[] = []
    await within('a', async () => {
      for await (const { request } of tasks.seeOften(100)) {
        steps.push(request)
        if (steps.length === 3) break
      }
    })
    expect(steps).toEqual([0, 1, 2].map(step => ({ ...picked('a'), step })))
    expect(await tasks.lastClosedIn()).toBe('a')
  })

  test('by constructors, methods and disposal, each with the store of its own call', async () => {
    const reader = within('made', () => new tasks.Reader())
    expect(await within('asked', () => reader.now())).toEqual(seenBy('asked'))
    expect(await reader.made()).toEqual(seenBy('made'))
    await within('left', () => reader[Symbol.asyncDispose]())
    expect(await tasks.lastClosedIn()).toBe('left')
  })

  test('by 500 concurrent calls, each its own, awaited in any order', async () => {
    const ids = Array.from({ length: 500 }, (_, n) => `${n}`)
    const calls = ids.map(id => within(id, () => (Number(id) % 2 ? tasks.see() : tasks.seeLater())))
    expect(await Promise.all(calls.reverse())).toEqual(ids.map(seenBy).reverse())
  })

  test('whatever its store is, if that can be cloned', async () => {
    for (const value of [
      null,
      0,
      '',
      false,
      [1, [2]],
      { deep: { deeper: [new Date(0)] } },
      new Map([['a', 1]])
    ]) {
      for (let n = 0; n < 3; n++) {
        expect((await tenantStore.run(value, () => tasks.see())).tenant).toEqual(value)
      }
    }
  })
})

describe('a store that several calls carry', () => {
  test('is a copy for each: a change of one is not seen by the next', async () => {
    await within('a', async () => {
      for (let n = 0; n < 4; n++) expect(await tasks.change('extra', n)).toEqual(picked('a'))
      for (let n = 0; n < 4; n++) expect(tasks.change('extra', n).runSync()).toEqual(picked('a'))
    })
  })

  test('is the same throughout one call', async () => {
    for (let n = 0; n < 3; n++) expect(await within('a', () => tasks.sameStoreTwice())).toBe(true)
  })

  test('travels as it is when the call is made, also if it was changed in place before', async () => {
    const own = store('a')
    await requestStore.run(own, async () => {
      for (const name of ['ada', 'ada', 'grace', 'grace', 'ada']) {
        own.user.name = name
        expect((await tasks.see()).request).toEqual({ id: 'a', user: { name } })
      }
    })
  })
})

describe('a callback', () => {
  test("sees the caller's own store, with everything that has not travelled", async () => {
    const own = store('a')
    const session = new Session('a')
    const found = await requestStore.run(own, () =>
      sessionStore.run(session, () =>
        tasks.callBack(() => [requestStore.getStore() === own, sessionStore.getStore() === session])
      )
    )
    expect(found).toEqual([true, true])
  })

  test('sees the store by which the task has replaced it', async () => {
    const found = await within('a', () => tasks.callBackAs('b', () => requestStore.getStore()))
    expect(found).toEqual({ id: 'b', user: undefined })
  })

  test('that is kept sees the store of the call that calls it', async () => {
    await within('a', () => tasks.keep(() => requestStore.getStore()))
    expect(await within('b', () => tasks.callKept())).toEqual(picked('b'))
  })
})

describe('a callback whose task has changed nothing', () => {
  const large = () => ({ values: Array.from({ length: 100 }, (_, n) => n) })

  for (const [what, own] of [
    ['a Map', { seen: new Map([[1, { a: 1 }]]) }],
    ['much', large()],
    ['an instance of a class', new Session('a')]
  ] as const) {
    test(`sees the caller's own store that holds ${what}`, async () => {
      await tenantStore.run(own, async () => {
        expect(await tasks.callBack(() => tenantStore.getStore() === own)).toBe(true)
        expect(tasks.callBack(() => tenantStore.getStore() === own).runSync()).toBe(true)
      })
    })
  }

  test("sees the caller's own store, which its caller has changed in the meantime", async () => {
    const own = { count: 0 }
    await tenantStore.run(own, async () => {
      const call = tasks.callBackLater(() => tenantStore.getStore() === own).start()
      own.count = 5
      expect(await call).toBe(true)
    })
  })

  test("sees the caller's own store when it is called after the call has ended", async () => {
    const own = { count: 0 }
    await tenantStore.run(own, async () => {
      const found = new Promise<boolean>(resolve => {
        void tasks
          .callBackAfterwards(() => resolve(tenantStore.getStore() === own))
          .then(() => {
            own.count = 5
            return tasks.go()
          })
      })
      expect(await found).toBe(true)
    })
  })
})

test("a listener of a task's signal runs in the context of the task at an abort", async () => {
  const controller = new AbortController()
  let call: Promise<void> | undefined
  await new Promise<void>(resolve => {
    call = within('a', () => tasks.seeAtAbort(() => resolve()).with({ signal: controller.signal }))
    call.catch(() => {})
  })
  tenantStore.run('who aborts', () => controller.abort())
  await expect(call).rejects.toThrow('aborted')
  expect(await tasks.seenAtAbort()).toEqual(seenBy('a'))
})

test('an error of decode is what a function, a stream and an object reject with', async () => {
  await brokenStore.run('x', async () => {
    await expect(tasks.see()).rejects.toThrow('decode of x')
    await expect(tasks.seeOften(1)[Symbol.asyncIterator]().next()).rejects.toThrow('decode of x')
    const reader = new tasks.Reader()
    await expect(tenantStore.run('a', () => brokenStore.exit(() => reader.now()))).rejects.toThrow(
      'decode of x'
    )
  })
})

test('an object that a store holds twice is one object in its copy', async () => {
  for (let n = 0; n < 3; n++) {
    const user = { name: 'ada' }
    expect(await tenantStore.run({ user, owner: user }, () => tasks.isOne())).toBe(true)
  }
  for (let n = 0; n < 3; n++) {
    const store = { user: { name: 'ada' }, owner: { name: 'ada' } }
    expect(await tenantStore.run(store, () => tasks.isOne())).toBe(false)
  }
})

test('a call whose getter makes another call with the same context has its own arguments', async () => {
  await tasks.count(1)
  for (let n = 0; n < 3; n++) {
    const argument = () => ({
      get inner() {
        return tasks.count(1).runSync()
      }
    })
    expect(await tenantStore.run(`getter ${n}`, () => tasks.count(argument(), 2))).toEqual([`getter ${n}`, 2])
    expect(tenantStore.run(`blocking ${n}`, () => tasks.count(argument(), 2).runSync())).toEqual([
      `blocking ${n}`,
      2
    ])
  }
})

describe('in place', () => {
  test('the store stays the same object', async () => {
    const own = store('a')
    await requestStore.run(own, async () => {
      expect(await bridge(() => requestStore.getStore())()).toBe(own)
    })
  })
})

describe('a snapshot', () => {
  test('holds the carried stores, and restores them', async () => {
    const own = store('a')
    const snapshot = requestStore.run(own, captureContext)
    expect(
      within('b', () => snapshot.run(() => [requestStore.getStore() === own, tenantStore.getStore()]))
    ).toEqual([true, undefined])
  })

  test('travels as JSON into a job, and from there to a thread', async () => {
    const json = JSON.stringify(within('a', captureContext))
    const snapshot = restoreContext(JSON.parse(json))
    expect(await within('b', () => snapshot.run(() => tasks.see()))).toEqual(seenBy('a'))
  })

  test('names the storage that would not survive JSON', () => {
    const snapshot = tenantStore.run(new Map(), captureContext)
    expect(() => snapshot.toJSON()).toThrow(/context 'tenant-store' would not survive JSON/)
  })
})

describe('a store that cannot be carried', () => {
  test.each([
    ['an awaited call', () => tasks.see()],
    ['a blocking call', async () => tasks.see().runSync()],
    ['a stream', async () => await tasks.seeOften(1)],
    ['a callback', () => tasks.callBack(() => 1)],
    ['a blocking call of the loop', async () => loop.importSync<Tasks>(url).see()]
  ])('is refused by the name of its storage, for %s', async (_, call) => {
    const error = await tenantStore.run(() => {}, call as () => Promise<unknown>).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(NotCloneableError)
    expect((error as Error).message).toMatch(
      /the context 'tenant-store' can't be carried there: .*could not be cloned/
    )
  })

  test('does not travel if nothing of it was picked', async () => {
    const storage = carry(new AsyncLocalStorage<() => void>(), { name: 'never', pick: () => undefined })
    expect(
      await storage.run(
        () => {},
        () => tasks.see()
      )
    ).toEqual(nothing)
  })
})

describe('carry() refuses', () => {
  const storage = () => new AsyncLocalStorage<unknown>()
  test.each<[string, () => unknown, RegExp]>([
    ['what is no storage', () => carry({} as never, { name: 'x' }), /storage must be an AsyncLocalStorage/],
    ['no options', () => carry(storage(), undefined as never), /options/],
    ['an empty name', () => carry(storage(), { name: '' }), /name/],
    ['an unknown option', () => carry(storage(), { name: 'x', codec: 1 } as never), /codec/],
    ['a pick that is no function', () => carry(storage(), { name: 'x', pick: ['id'] as never }), /pick/],
    ['a relative module', () => carry(storage(), { name: 'x', module: './x.js' }), /module must be a URL/],
    [
      'a name that another module has taken',
      () => carry(storage(), { name: 'tenant-store', module: import.meta.url }),
      /there is a context 'tenant-store' already, carried by .*stores\.mjs/
    ],
    ['the name of the variables', () => carry(storage(), { name: '@bridge/context' }), /choose another name/],
    [
      'a second name of one storage',
      () => carry(tenantStore, { name: 'tenant' }),
      /carried already, as 'tenant-store'/
    ]
  ])('%s', (_, act, message) => {
    expect(act).toThrow(InvalidArgumentError)
    expect(act).toThrow(message)
  })
})

test('a module that is evaluated again replaces the storage that it has carried', async () => {
  const module = 'file:///app/again.js'
  carry(new AsyncLocalStorage<string>(), { name: 'again', module })
  const storage = carry(new AsyncLocalStorage<string>(), { name: 'again', module, pick: () => undefined })
  expect(await storage.run('x', () => tasks.see())).toEqual(nothing)
})
