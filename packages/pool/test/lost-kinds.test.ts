import { proxy } from '@bridge/core'
import { loop } from '@bridge/pool'
import { describe, expect, it } from 'vitest'
import { pooled, rejection, runScript, thrown } from './helpers.js'

type Tasks = typeof import('./fixtures/lost-kinds.mjs')

const url = new URL('./fixtures/lost-kinds.mjs', import.meta.url)

function onPool(): import('@bridge/core').Remote<Tasks> {
  return pooled({ maxThreads: 1 }).pool.import<Tasks>(url)
}

const onLoop = (): ReturnType<typeof onPool> => loop.import<Tasks>(url)

/** A value of each kind, and how two of them are compared. */
const kinds: readonly [name: string, value: object, look: (value: never) => unknown][] = [
  ['URL', new URL('https://example.org/a?b=c#d'), (value: URL) => value.href],
  ['URLSearchParams', new URLSearchParams('a=1&a=2&b= '), (value: URLSearchParams) => `${value}`],
  [
    'Headers',
    new Headers([
      ['accept', 'text/plain'],
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2']
    ]),
    (value: Headers) => [...value]
  ],
  ['Buffer', Buffer.from('three'), (value: Buffer) => `${Buffer.isBuffer(value)} ${value}`],
  [
    'File',
    new File(['text'], 'name.txt', { type: 'text/plain', lastModified: 5 }),
    (value: File) => [value.name, value.type, value.lastModified, value.size]
  ],
  [
    'DOMException',
    new DOMException('gone', 'AbortError'),
    (value: DOMException) => [value.message, value.name]
  ]
]

describe.each([
  ['a pool', onPool],
  ['the loop', onLoop]
])('on %s', (_, tasksOn) => {
  it.each(kinds)('a %s arrives as one, in every way of calling', async (_, value, look) => {
    const tasks = tasksOn()
    const right = (arrived: unknown): void => {
      expect(arrived?.constructor).toBe(value.constructor)
      expect(look(arrived as never)).toEqual(look(value as never))
    }
    expect(await tasks.kindOf(value)).toBe(Object.prototype.toString.call(value).slice(8, -1))
    right(await tasks.same(value))
    right(await tasks.sameLater(value))
    right(tasks.same(value).runSync())
    right((await tasks.same({ deep: [new Map([[1, { value }]])] })).deep[0]?.get(1)?.value)
    right(
      await tasks.callBack((given: unknown) => {
        right(given)
        return given
      }, value)
    )
    for (const item of tasks.yields(value)) right(item)
    for await (const item of tasks.yields({ value })) right(item.value)
    for await (const item of tasks.yieldsLater(value)) right(item)
    right((await tasks.returns(value)[Symbol.asyncIterator]().next()).value)
    const echoing = tasks.echoes().with({ twoWay: true })[Symbol.asyncIterator]()
    await echoing.next()
    right((await echoing.next(value as never)).value)
    await echoing.return?.(undefined)
  })

  it.each(kinds)('a %s arrives as one in the fields of an error, both ways', async (_, value, look) => {
    const tasks = tasksOn()
    const right = (error: { value: unknown; deep: [Map<number, { value: unknown }>] }): void => {
      for (const arrived of [error.value, error.deep[0].get(1)?.value]) {
        expect(arrived?.constructor).toBe(value.constructor)
        expect(look(arrived as never)).toEqual(look(value as never))
      }
    }
    right((await rejection(tasks.throws(value))) as never)
    right(thrown(() => tasks.throws(value).runSync()) as never)
    const fails = (given: unknown): never => {
      throw Object.assign(new Error('back'), { value: given, deep: [new Map([[1, { value: given }]])] })
    }
    right((await rejection(tasks.callBack(fails, value))) as never)
  })

  it('a toJSON that is hidden is not run, awaited and blocking', async () => {
    const tasks = tasksOn()
    const hidden = Object.defineProperty({ a: 1 }, 'toJSON', { value: () => 'run' })
    for (let time = 0; time < 3; time++) {
      expect(await tasks.hidesJson()).toEqual({ a: 1, deep: [[1]] })
      expect(tasks.hidesJson().runSync()).toEqual({ a: 1, deep: [[1]] })
      expect(await tasks.same([hidden])).toEqual([{ a: 1 }])
      expect(tasks.same(hidden).runSync()).toEqual({ a: 1 })
    }
  })

  it('a function that is marked is called also where an instance of a class holds it', async () => {
    class Holder {
      readonly fn = proxy((n: number) => n + 1)
      readonly value = 4
    }
    const tasks = tasksOn()
    expect(await tasks.callsHeld(new Holder())).toBe(5)
    expect(tasks.callsHeld(new Holder()).runSync()).toBe(5)
  })

  it('data that looks like a reference stays data beside real references', async () => {
    const tasks = tasksOn()
    const data = [{ '@bridge/reference': 0 }, { 0: 'x', reference: [0, 'fn'] }]
    const holder = { fn: proxy((given: unknown) => given), value: data }
    expect(await tasks.callsHeld(holder)).toEqual(data)
    expect(tasks.callsHeld(holder).runSync()).toEqual(data)
  })

  it('a view of a part of its buffer arrives with that part only', async () => {
    const tasks = tasksOn()
    const whole = new ArrayBuffer(64)
    expect(await tasks.bytesBelow(Buffer.from('abc'))).toBe(3)
    expect(await tasks.bytesBelow(new Uint8Array(whole, 8, 5))).toBe(5)
    expect(tasks.bytesBelow(new Float64Array(whole, 8, 2)).runSync()).toBe(16)
    expect(new Uint8Array((await tasks.same(new DataView(whole, 1, 3))).buffer)).toHaveLength(3)
    // Two of Node's pool are no less strangers.
    const [one, other] = await tasks.same([Buffer.from('one'), Buffer.from('other')])
    expect([one.buffer.byteLength, other.buffer.byteLength]).toEqual([3, 5])
    for await (const item of tasks.yields(Buffer.from('abc'))) expect(item.buffer.byteLength).toBe(3)
  })

  it('views that share a buffer share one there', async () => {
    const tasks = tasksOn()
    const whole = new ArrayBuffer(64)
    expect(await tasks.isShared([new Uint8Array(whole, 0, 8), new Uint8Array(whole, 8, 8)])).toBe(true)
    const buffer = Buffer.alloc(1000)
    expect(await tasks.isShared([buffer.subarray(0, 500), buffer.subarray(400)])).toBe(true)
  })

  it('a value that belongs to its thread is refused by name and path, before anything runs', async () => {
    const tasks = tasksOn()
    const refused: [object, string][] = [
      [new Response('text'), 'Response'],
      [new Request('http://localhost/'), 'Request'],
      [new FormData(), 'FormData'],
      [new AbortController().signal, 'AbortSignal'],
      [process.stdin, (process.stdin.constructor as { name: string }).name]
    ]
    for (const [value, name] of refused) {
      const error = {
        code: 'BRIDGE_NOT_CLONEABLE',
        message: `same(): args[0].list[1] (${name}) can't be sent to another thread: it belongs to the thread that made it; send the data that is needed`
      }
      expect(await rejection(tasks.same({ list: [1, value] }))).toMatchObject(error)
      expect(thrown(() => tasks.same({ list: [1, value] }).runSync())).toMatchObject(error)
    }
  })

  it('a result that belongs to its thread is refused there', async () => {
    const tasks = tasksOn()
    expect(await rejection(tasks.makes('response'))).toMatchObject({
      code: 'BRIDGE_NOT_CLONEABLE',
      message: expect.stringContaining('makes(): its result.inside (Response)')
    })
    expect(thrown(() => tasks.makes('signal').runSync()).message).toContain('its result.inside (AbortSignal)')
    const items = tasks.yieldsMade('signal')[Symbol.asyncIterator]()
    expect(await rejection(items.next())).toMatchObject({
      code: 'BRIDGE_NOT_CLONEABLE',
      message: expect.stringContaining('item.inside (AbortSignal)')
    })
    const back = tasks.callBack(() => new Response('text'), 1)
    expect((await rejection(back)).message).toContain('its result (Response)')
  })
})

describe('a lost kind beside others', () => {
  it('arrives in an instance of a class, in a Set, as a key, twice as one, and beside a callback', async () => {
    const tasks = onPool()
    const target = new URL('http://localhost/')
    const instance = Object.assign(new (class Holder {})(), { target })
    expect((await tasks.same(instance)).target).toBeInstanceOf(URL)
    const [first] = await tasks.same(new Set([target]))
    expect(first).toBeInstanceOf(URL)
    expect([...(await tasks.same(new Map([[target, 1]]))).keys()][0]).toBeInstanceOf(URL)
    const twice = await tasks.same([target, target])
    expect(twice[0]).toBe(twice[1])
    expect(await tasks.callBack(({ href }: URL) => href, target)).toBe('http://localhost/')
  })

  it('arrives in cyclic data, and is refused there', async () => {
    const tasks = onPool()
    const cycle: { self?: object; target?: object } = {}
    cycle.self = cycle
    cycle.target = new URL('http://localhost/')
    const arrived = await tasks.same(cycle)
    expect(arrived.self).toBe(arrived)
    expect(arrived.target).toBeInstanceOf(URL)
    const parent: { kids: object[] } = { kids: [] }
    for (let n = 0; n < 50; n++) parent.kids.push({ parent, url: new URL(`http://localhost/${n}`) })
    const kids = (await tasks.same(parent)).kids as { url: URL }[]
    expect(kids.map(({ url }) => url.href)).toEqual(
      Array.from({ length: 50 }, (_, n) => `http://localhost/${n}`)
    )
    cycle.target = new Response('')
    expect((await rejection(tasks.same(cycle))).message).toContain('args[0].target (Response)')
  })

  it('keeps what instances share: each other, and an object in both', async () => {
    const tasks = onPool()
    class Peer {
      peer: Peer | undefined
      constructor(
        readonly common: object,
        readonly target: URL
      ) {}
    }
    const common = { n: 1 }
    const target = new URL('http://localhost/')
    const one = new Peer(common, target)
    const other = new Peer(common, target)
    one.peer = other
    const [first, second, third] = await tasks.same([one, other, common])
    expect(first.common).toBe(second.common)
    expect(first.common).toBe(third)
    expect(first.target).toBe(second.target)
    expect(first.peer).toBe(second)
    expect(first.target).toBeInstanceOf(URL)
  })

  it('is recognized by what it is, and not by its toStringTag', async () => {
    const tasks = onPool()
    class Lookalike {
      readonly n = 1
      readonly #tag: string
      constructor(tag: string) {
        this.#tag = tag
      }
      get [Symbol.toStringTag](): string {
        return this.#tag
      }
    }
    for (const tag of ['URL', 'URLSearchParams', 'Headers', 'File'])
      expect(await tasks.same(new Lookalike(tag))).toMatchObject({ n: 1 })
  })

  it('is not recognized by its prototype alone, and real ones still are after such a value', async () => {
    const tasks = onPool()
    for (const { prototype } of [Map, Set, URL, Headers]) {
      const fake = Object.assign(Object.create(prototype), { own: 1 })
      expect(Object.entries(await tasks.same({ fake }))).toEqual([['fake', { own: 1 }]])
    }
    for (const [, value] of kinds) {
      expect(await tasks.kindOf(value)).toBe(Object.prototype.toString.call(value).slice(8, -1))
    }
    // Where an item is copied it is looked at alone, and its methods tell nothing.
    const items = [...tasks.yieldsFakeFirst(new Headers([['a', 'b']]))]
    expect(items.map(item => Object.prototype.toString.call(item))).toEqual([
      '[object Object]',
      '[object Headers]'
    ])
  })

  it('arrives as the built-in view if a class of the application extends one', async () => {
    const tasks = onPool()
    class Pixel extends Uint8Array {
      constructor(image: { data: Uint8Array }, at: number) {
        super(image.data.buffer as ArrayBuffer, at * 4, 4)
      }
    }
    const arrived = await tasks.same(new Pixel({ data: new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]) }, 1))
    expect(arrived).toEqual(new Uint8Array([5, 6, 7, 8]))
    expect(arrived.buffer.byteLength).toBe(4)
  })

  it('leaves data unchanged that looks like its encoded form', async () => {
    const tasks = onPool()
    const lookalike = { '@bridge/reference': 0 }
    expect(await tasks.same([new URL('http://localhost/'), lookalike])).toEqual([
      new URL('http://localhost/'),
      lookalike
    ])
  })
})

describe('an instance of a class with methods', () => {
  it('is warned of once, by its class, on the thread that sends it', async () => {
    const script = `
      import { createPool } from '@bridge/pool'
      const pool = createPool({ maxThreads: 1 })
      const { same, account } = pool.import(${JSON.stringify(url.href)})
      class Order { id = 1; total() {} }
      class Plain { id = 1 }
      const { createSecretKey } = await import('node:crypto')
      await same([new Order(), new Plain(), new Date(), createSecretKey(Buffer.from('key')), new Blob([])])
      await same(new Order())
      await account()
      await pool.close()
    `
    const { code, stderr } = await runScript(script)
    expect(code).toBe(0)
    const told = stderr.split('\n').filter(line => line.includes('BRIDGE_INSTANCE'))
    expect(told.map(line => /an instance of (\w+)/.exec(line)?.[1])).toEqual(['Order', 'Account'])
  })

  it('is not warned of in production', async () => {
    const script = `
      import { createPool } from '@bridge/pool'
      const pool = createPool({ maxThreads: 1 })
      class Order { id = 1; total() {} }
      await pool.import(${JSON.stringify(url.href)}).same(new Order())
      await pool.close()
    `
    const env = { ...process.env, NODE_ENV: 'production' }
    expect(await runScript(script, [], env)).toEqual({ code: 0, stdout: '', stderr: '' })
  })
})

it('without a connection the loop carries the same', async () => {
  const script = `
    process.env.BRIDGE_LOOP = 'synckit'
    const { loop } = await import('@bridge/pool')
    const { same, yields, kindOf } = loop.import(${JSON.stringify(url.href)})
    const names = []
    const name = value => names.push(value.constructor.name)
    const url = new URL('http://localhost/')
    name(same(url).runSync())
    name(same({ deep: [Buffer.from('abc')] }).runSync().deep[0])
    names.push(kindOf(new Headers()).runSync(), kindOf(url).runSync())
    for (const item of yields({ url })) name(item.url)
    try { same({ a: new Response('') }).runSync() } catch (error) { names.push(error.message.slice(0, 28)) }
    console.log(names.join(' '))
    await loop.close()
  `
  expect(await runScript(script)).toEqual({
    code: 0,
    stdout: 'URL Buffer Headers URL URL same(): args[0].a (Response)\n',
    stderr: ''
  })
})
