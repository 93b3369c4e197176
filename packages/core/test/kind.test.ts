import { runInNewContext } from 'node:vm'
import { bridge, kindOf, kindOfResult } from '@bridge/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const object = {
  sync() {},
  async later() {},
  *items() {},
  async *laterItems() {},
  get accessor() {
    return 1
  }
}
class Thing {
  name = 'thing'
  static build() {}
  static async buildLater() {}
}

describe('kindOf', () => {
  test.each([
    ['a plain function', function plain() {}, 'sync'],
    ['an arrow function', () => {}, 'sync'],
    ['an async function', async () => {}, 'async'],
    ['a generator function', function* items() {}, 'generator'],
    ['an async generator function', async function* items() {}, 'asyncGenerator'],
    ['a method', object.sync, 'sync'],
    ['an async method', object.later, 'async'],
    ['a generator method', object.items, 'generator'],
    ['an async generator method', object.laterItems, 'asyncGenerator'],
    ['a static method', Thing.build, 'sync'],
    ['a static async method', Thing.buildLater, 'async'],
    ['a class', Thing, 'sync'],
    ['a built-in', Math.max, 'sync']
  ] as const)('knows %s', (_, fn, kind) => {
    expect(kindOf(fn as () => unknown)).toBe(kind)
  })

  test.each([
    ['async', object.later],
    ['generator', object.items],
    ['asyncGenerator', object.laterItems]
  ] as const)('gives a bound function the kind of its target: %s', (kind, fn) => {
    expect(kindOf((fn as () => unknown).bind(null))).toBe(kind)
    expect(kindOf((fn as () => unknown).bind(null).bind(null))).toBe(kind)
  })

  test.each([
    ['sync', object.sync],
    ['async', object.later],
    ['generator', object.items],
    ['asyncGenerator', object.laterItems]
  ] as const)('gives a wrapper of bridge the kind of what it wraps: %s', (kind, fn) => {
    expect(kindOf(bridge(fn as () => unknown))).toBe(kind)
    expect(kindOf(bridge(bridge(fn as () => unknown)))).toBe(kind)
  })

  test('is not misled by a function without a prototype, nor by a tag of its own', () => {
    const bare = Object.setPrototypeOf(() => {}, null)
    expect(kindOf(bare)).toBe('sync')
    expect(kindOf(Object.assign(() => {}, { [Symbol.toStringTag]: 'AsyncFunction' }))).toBe('sync')
  })
})

describe('kindOfResult', () => {
  test('treats a promise and any thenable as async', () => {
    // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
    for (const value of [Promise.resolve(1), { then() {} }, Object.assign(() => {}, { then() {} })]) {
      expect(kindOfResult(value)).toBe('async')
    }
  })

  test('treats an object that is both thenable and async iterable as the value it resolves to', () => {
    // biome-ignore lint/suspicious/noThenProperty: a database's query is both
    const query = { then() {}, async *[Symbol.asyncIterator]() {} }
    expect(kindOfResult(query)).toBe('async')
  })

  test('treats iterators as streams', () => {
    for (const value of [object.items(), [1].values(), new Map().entries(), 'ab'[Symbol.iterator]()]) {
      expect(kindOfResult(value)).toBe('generator')
    }
  })

  test('treats every async iterable as a stream', () => {
    expect(kindOfResult(object.laterItems())).toBe('asyncGenerator')
    expect(kindOfResult(new ReadableStream())).toBe('asyncGenerator')
    expect(kindOfResult({ async *[Symbol.asyncIterator]() {} })).toBe('asyncGenerator')
  })

  test('treats collections, and an object with only next(), as values', () => {
    const values = [
      [],
      new Map(),
      new Set(),
      'text',
      Buffer.from('x'),
      new Uint8Array(2),
      { next() {} },
      () => {}
    ]
    for (const value of values) expect(kindOfResult(value)).toBe('sync')
  })

  test('treats any plain data as a value', () => {
    fc.assert(
      fc.property(
        fc.anything({ withMap: true, withSet: true, withDate: true, withTypedArray: true }),
        value => {
          fc.pre(!(typeof value === 'object' && value !== null && 'then' in value))
          expect(kindOfResult(value)).toBe('sync')
        }
      )
    )
  })

  describe('for a result that crosses to its caller', () => {
    class Naturals {
      *[Symbol.iterator]() {
        for (let n = 1; n <= this.#limit; n++) yield n
      }
      readonly #limit = 3
    }
    class Renamed extends Naturals {
      static override name = 'anything'
    }
    class Counted extends Naturals {
      count = 0
    }

    test('treats an iterable instance without fields as a stream', () => {
      for (const value of [new Naturals(), new (class extends Naturals {})(), new Renamed()]) {
        expect(kindOfResult(value, true)).toBe('generator')
        expect(kindOfResult(value)).toBe('sync')
      }
    })

    test('treats an instance with a field as a value', () => {
      expect(kindOfResult(new Counted(), true)).toBe('sync')
      expect(kindOfResult(Object.assign(new Naturals(), { count: 1 }), true)).toBe('sync')
    })

    test('treats platform objects, collections, and instances of their subclasses as values', () => {
      class Params extends URLSearchParams {}
      class Table extends Map {}
      const values = [
        new URLSearchParams('a=1'),
        new Headers({ a: '1' }),
        new FormData(),
        new Params('a=1'),
        new Table(),
        new (class extends Set {})(),
        new (class extends Array {})(),
        new (class extends Table {})(),
        new Uint8Array(2),
        Buffer.from('x'),
        Object('text'),
        new Intl.Segmenter().segment('text')
      ]
      for (const value of values) expect(kindOfResult(value, true)).toBe('sync')
    })

    test('treats collections of another realm as values', () => {
      const values = [
        'new Map',
        'new Set',
        '[1]',
        'new (class extends Map {})',
        'new (class Own extends Set {})'
      ]
      for (const value of values) expect(kindOfResult(runInNewContext(value), true)).toBe('sync')
      const instance = runInNewContext('new (class Own { *[Symbol.iterator]() {} })')
      expect(kindOfResult(instance, true)).toBe('generator')
    })

    test('treats an object without a class as a value', () => {
      const literal = { *[Symbol.iterator]() {} }
      for (const value of [literal, Object.create(literal), Object.setPrototypeOf({ ...literal }, null)]) {
        expect(kindOfResult(value, true)).toBe('sync')
      }
    })

    test('runs no getter of the user to find out', () => {
      const refuse = {
        get() {
          throw new Error('looked')
        }
      }
      const value = Object.defineProperty(new Naturals(), 'hidden', refuse)
      Object.defineProperty(value, 'constructor', refuse)
      expect(kindOfResult(value, true)).toBe('generator')
    })
  })
})
