import { Readable } from 'node:stream'
import { transfer } from '@bridge/core/executor'
import type { StreamInput } from '@bridge/iter'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collect, piped } from './helpers.js'

const fields = fc.dictionary(
  fc.string(),
  fc.oneof(fc.integer(), fc.string(), fc.constant(null), fc.double()),
  {
    maxKeys: 4
  }
)

/** Nested objects, with few fields at each depth. */
const { nested } = fc.letrec<{ nested: object }>(tie => ({
  nested: fc.dictionary(
    fc.constantFrom('a', 'b', 'c', ''),
    fc.oneof({ depthSize: 'medium' }, fc.integer(), fc.string(), tie('nested')),
    { maxKeys: 3 }
  )
}))

async function sent(input: StreamInput): Promise<unknown[]> {
  return collect(piped(input, { highWaterMark: 100 }).stream)
}

describe('the items of a stream', () => {
  it('arrive as structuredClone would clone each, in any mixture', async () => {
    const item = fc.oneof(
      fc.integer(),
      fc.double(),
      fc.string(),
      fields,
      fc.constant({ a: 1, b: 'two' }),
      fc.anything({ withDate: true, withMap: true, withSet: true, withBigInt: true, withTypedArray: true })
    )
    await fc.assert(
      fc.asyncProperty(fc.array(item, { maxLength: 60 }), async items => {
        const got = await sent(items)
        expect(got).toEqual(items.map(one => structuredClone(one)))
        got.forEach((one, index) => {
          expect(Object.is(one, items[index]) || typeof one === 'object').toBe(true)
        })
      }),
      { numRuns: 100 }
    )
  })

  it('arrive unchanged if all of them are nested objects', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(nested, { minLength: 1, maxLength: 10 }), async items => {
        expect(await sent(items)).toEqual(items)
      }),
      { numRuns: 200 }
    )
  })

  it('keep -0, NaN and integers beyond 32 bits', async () => {
    const numbers = [...Array(40).keys(), -0, Number.NaN, 2 ** 40, -(2 ** 31), Infinity]
    expect(await sent(numbers)).toEqual(numbers)
    const whole = Array.from({ length: 50 }, (_, n) => n - 25)
    expect(await sent(whole)).toEqual(whole)
  })

  it('may be rows whose fields change on the way', async () => {
    const rows = [{ a: 1, b: 2 }, { a: 3, b: 4 }, { b: 5, a: 6 }, { a: 7 }, {}, { a: { b: 8 } }, 9]
    const got = await sent(rows)
    expect(got).toEqual(rows)
    expect(got.map(row => Object.keys(row as object))).toEqual(rows.map(row => Object.keys(row as object)))
  })

  it.each([
    ['a nested object with one field', { a: { b: 1 } }],
    ['nested objects with one field each, at several depths', { a: { b: { c: 1 } }, d: { e: [2] } }],
    ['as many values as fields, but at other positions', { a: { b: 1, c: 2 }, d: {} }],
    ['a field named __proto__', JSON.parse('{"__proto__": 1, "a": 2}')],
    ['a RegExp match with its own fields', /b(?<c>c)/.exec('abcd')],
    // biome-ignore lint/suspicious/noSparseArray: it is what is tested
    ['an array with gaps', [1, , 3]],
    ['a null prototype', Object.assign(Object.create(null), { a: 1 })],
    ['more objects than are walked', Array.from({ length: 100 }, (_, n) => ({ n }))],
    ['an Error', new RangeError('no')],
    ['a Date inside', { at: new Date(5), in: { map: new Map([[1, { two: 2 }]]) } }]
  ])('may have %s', async (_what, item) => {
    const [first, second] = (await sent([item, item])) as [object, object]
    expect(first).toEqual(structuredClone(item))
    expect(second).toEqual(structuredClone(item))
    expect(Object.getOwnPropertyNames(first)).toEqual(Object.getOwnPropertyNames(structuredClone(item)))
  })

  it('that contain one object twice, or themselves, still do', async () => {
    const shared = { n: 1 }
    const loop: { self?: object } = {}
    loop.self = loop
    const [one, two] = (await sent([{ a: shared, b: shared }, loop])) as [
      { a: object; b: object },
      typeof loop
    ]
    expect(one.a).toBe(one.b)
    expect(two.self).toBe(two)
  })

  it.each([
    ['an array that is longer', { id: 1, tags: ['a', 'b', 'c'], at: { x: 1, y: { z: 2 } } }],
    // biome-ignore lint/suspicious/noSparseArray: gaps are what is tested
    ['an array with gaps', { id: 1, tags: [1, , 3], at: { x: 1, y: { z: 2 } } }],
    ['an array with fields', { id: 1, tags: Object.assign([1], { f: 1 }), at: { x: 1, y: { z: 2 } } }],
    ['objects in its array', { id: 1, tags: [{ n: 1 }], at: { x: 1, y: { z: 2 } } }],
    ['a Date for a value', { id: new Date(5), tags: [], at: { x: 1, y: { z: 2 } } }],
    ['a value for an object', { id: 1, tags: [], at: 1 }],
    ['an object for a value', { id: {}, tags: [], at: { x: 1, y: { z: 2 } } }],
    ['a field more inside', { id: 1, tags: [], at: { x: 1, y: { z: 2, more: 1 } } }],
    ['a field less inside', { id: 1, tags: [], at: { x: 1, y: {} } }],
    ['another order inside', { id: 1, tags: [], at: { y: { z: 2 }, x: 1 } }],
    [
      'a class inside',
      {
        id: 1,
        tags: [],
        at: new (class {
          x = 1
          y = { z: 2 }
        })()
      }
    ],
    ['undefined inside', { id: undefined, tags: [undefined, null], at: { x: undefined, y: { z: null } } }]
  ])('of one shape stay whole where one of them has %s', async (_what, other) => {
    const usual = (n: number) => ({ id: n, tags: ['a', `${n}`], at: { x: n, y: { z: 'deep' } } })
    const items = [usual(1), usual(2), other, usual(3), usual(4)]
    expect(await sent(items)).toStrictEqual(items.map(item => structuredClone(item)))
  })

  it('of one shape that contain one object twice still do', async () => {
    const shared = { n: 1 }
    const list = [1]
    const usual = () => ({ a: { n: 1 }, b: { n: 1 }, c: [1], d: [1] })
    const items = [usual(), usual(), { ...usual(), a: shared, b: shared }, { ...usual(), c: list, d: list }]
    const [, , objects, lists] = (await sent(items)) as ReturnType<typeof usual>[]
    expect(objects?.a).toBe(objects?.b)
    expect(lists?.c).toBe(lists?.d)
  })

  it.each([
    ['nothing', {}],
    ['an empty object', { a: {} }],
    ['a nested field named __proto__', { a: JSON.parse('{ "__proto__": 1 }') }]
  ])('may all have %s inside', async (_what, item) => {
    expect(await sent([item, item, item])).toStrictEqual([1, 2, 3].map(() => structuredClone(item)))
  })

  it('are what they were when they were yielded, however deep', async () => {
    function* reuse() {
      const item = { n: 0, deep: { list: [0], view: new Float32Array(1) } }
      const numbers = new Float64Array(2000)
      for (let n = 0; n < 3; n++) {
        item.n = n
        item.deep.list[0] = n
        item.deep.view[0] = n
        numbers.fill(n)
        yield item
        yield numbers
      }
    }
    const got = (await sent(reuse())) as [
      { n: number; deep: { list: number[]; view: Float32Array } },
      Float64Array
    ]
    expect(got.map(item => (item instanceof Float64Array ? item[1999] : item.deep))).toEqual(
      [0, 1, 2].flatMap(n => [{ list: [n], view: new Float32Array([n]) }, n])
    )
  })

  it('of a Buffer are its own bytes without the rest of its pool', async () => {
    const [item] = (await sent([Buffer.from('abc')])) as [Uint8Array]
    expect(Buffer.from(item).toString()).toBe('abc')
    expect(item.buffer.byteLength).toBe(3)
  })

  it('that transfer() marks are moved', async () => {
    const pixels = new Uint8Array(100_000).fill(7)
    const [item] = (await sent([transfer({ pixels, n: 1 }, [pixels.buffer])])) as [{ pixels: Uint8Array }]
    expect(pixels.byteLength).toBe(0)
    expect(item.pixels.byteLength).toBe(100_000)
    expect(item.pixels[99_999]).toBe(7)
  })

  it('may come from a Node Readable or a Web ReadableStream', async () => {
    expect(await sent(Readable.from(['a', 'b']))).toEqual(['a', 'b'])
    expect(await sent(ReadableStream.from([1, 2]))).toEqual([1, 2])
  })

  it('that cannot be cloned end the stream with an error, and the generator with its finally', async () => {
    let hasCleaned = false
    function* bad() {
      try {
        yield { ok: 1 }
        yield { run: () => 1 }
      } finally {
        hasCleaned = true
      }
    }
    await expect(sent(bad())).rejects.toMatchObject({ code: 'BRIDGE_NOT_CLONEABLE' })
    expect(hasCleaned).toBe(true)
  })

  it('whose result cannot be cloned end with an error that says so', async () => {
    const { stream } = piped(
      (function* () {
        yield 1
        return () => 1
      })()
    )
    await stream.next()
    await expect(stream.next()).rejects.toThrow('a stream: result')
  })

  it('that are large pause the producer before the window does', async () => {
    let produced = 0
    function* large() {
      for (;;) {
        produced++
        yield 'x'.repeat(300_000)
      }
    }
    const { stream } = piped(large())
    await stream.next()
    await new Promise(setImmediate)
    await new Promise(setImmediate)
    expect(produced).toBeLessThan(12)
    for (let n = 0; n < 50; n++) expect((await stream.next()).done).toBe(false)
    expect(produced).toBeLessThan(65)
    await stream.return()
  })
})
