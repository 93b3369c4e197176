import { dereference, type Placed, type Referring, refer, referencesIn } from '@bridge/core/executor'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

class Stays {
  constructor(readonly id: number) {}
}

const staying = [new Stays(0), new Stays(1), new Stays(2)]
const idOf = (value: object): number | undefined => (value instanceof Stays ? value.id : undefined)
const isStaying = (value: object): boolean => value instanceof Stays

function referred(value: unknown): Referring<number> | undefined {
  return refer(value, idOf, isStaying)
}

/** There and back, as through a message port. */
function sent(value: unknown): unknown {
  const referring = referred(value)
  if (referring === undefined) return structuredClone(value)
  const { data, references } = structuredClone(referring)
  return dereference({ data, references }, id => staying[id])
}

/** Plain data of every kind, with objects that stay in it. */
const anything = fc.letrec<{ any: unknown }>(tie => ({
  any: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom<unknown>(...staying),
    fc.oneof(fc.integer(), fc.string(), fc.constantFrom<unknown>(undefined, null, true, 10n, new Date(0))),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('0', '__proto__', 'constructor')), tie('any'), {
      maxKeys: 4
    }),
    fc.array(fc.tuple(tie('any'), tie('any')), { maxLength: 3 }).map(entries => new Map(entries)),
    fc.array(tie('any'), { maxLength: 3 }).map(items => new Set(items))
  )
})).any

class Dto {}

/** Instances of a class at any depth; none of it stays. */
const instances = fc.letrec<{ any: unknown; data: Record<string, unknown> }>(tie => ({
  data: fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('0', '__proto__')), tie('any'), {
    maxKeys: 3
  }) as fc.Arbitrary<Record<string, unknown>>,
  any: fc.oneof(
    { maxDepth: 5 },
    fc.oneof(fc.nat({ max: 3 }), fc.string(), fc.constantFrom<unknown>(new Date(0), /x/, new Uint8Array(2))),
    tie('data'),
    tie('data').map(data => Object.defineProperties(new Dto(), Object.getOwnPropertyDescriptors(data))),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.array(tie('any'), { maxLength: 2 }).map(items => new Set(items)),
    fc.array(tie('any'), { maxLength: 2 }).map(items => new Map(items.map(item => [item, item])))
  )
})).any

describe('references', () => {
  test('data in instances of classes arrives as a clone would, beside what stays', () => {
    fc.assert(
      fc.property(instances, value => {
        const [back, stays] = sent([value, staying[1]]) as [unknown, unknown]
        expect(back).toStrictEqual(structuredClone(value))
        expect(stays).toBe(staying[1])
      }),
      { numRuns: 2000 }
    )
  })

  test('any plain data arrives equal, and objects that stay arrive as themselves', () => {
    fc.assert(
      fc.property(anything, value => {
        const before = structuredClone(referred(value)?.data ?? value)
        const back = sent(value)
        expect(back).toEqual(value)
        expect(stayingIn(back)).toEqual(stayingIn(value))
        for (const [place, one] of stayingIn(value).entries()) expect(stayingIn(back)[place]).toBe(one)
        // The sent data is unchanged.
        expect(structuredClone(referred(value)?.data ?? value)).toEqual(before)
      }),
      { numRuns: 1000 }
    )
  })

  test('one part at several places is one part again, and cycles stay cycles', () => {
    fc.assert(
      fc.property(anything, part => {
        const ring: Record<string, unknown> = { one: [part, staying[0]], other: part }
        ring.self = ring
        ring.map = new Map([[ring, new Set([ring])]])
        const back = sent(ring) as typeof ring
        expect(back.self).toBe(back)
        const [[key, value]] = [...(back.map as Map<unknown, Set<unknown>>)] as [[unknown, Set<unknown>]]
        expect(key).toBe(back)
        expect([...value][0]).toBe(back)
        expect((back.one as unknown[])[0]).toBe(back.other)
      }),
      { numRuns: 200 }
    )
  })

  test('data without any is not copied', () => {
    expect(referred({ deep: [new Map([[1, new Set([{}])]])] })).toBeUndefined()
    expect(referred('text')).toBeUndefined()
  })

  test('an instance that holds some is copied as a clone makes it, and one that holds none is not', () => {
    class Holder {
      constructor(readonly held: unknown) {}
    }
    const plain = new Holder(1)
    const value = [new Holder(staying[0]), plain]
    expect((referred(value) as Referring<number>).data).toHaveProperty('1', plain)
    expect(sent(value)).toStrictEqual([{ held: staying[0] }, { held: 1 }])
  })

  test('all of the data may stay', () => {
    expect(sent(staying[2])).toBe(staying[2])
  })

  test('an object at several places is looked up once, and is one object there', () => {
    const asked: object[] = []
    const value = [staying[0], { again: staying[0] }, new Set([staying[0]])]
    const { data, references } = refer(
      value,
      one => {
        asked.push(one)
        return idOf(one)
      },
      isStaying
    ) as Referring<number>
    expect(asked.filter(isStaying)).toEqual([staying[0]])
    expect(referencesIn(references)).toEqual([0])
    const made = {}
    const back = dereference({ data: structuredClone(data), references }, () => made) as unknown[]
    expect([back[0], (back[1] as { again: unknown }).again, ...(back[2] as Set<unknown>)]).toEqual([
      made,
      made,
      made
    ])
    expect(back[0]).toBe((back[1] as { again: unknown }).again)
  })

  test('the members of a Set and the keys of a Map keep their order', () => {
    const set = new Set<unknown>([1, staying[0], 'x', staying[1], null])
    const map = new Map<unknown, unknown>([
      [staying[1], 'one'],
      ['plain', staying[2]],
      [staying[0], 'other']
    ])
    const [backSet, backMap] = sent([set, map]) as [typeof set, typeof map]
    expect([...backSet]).toEqual([...set])
    expect([...backMap]).toEqual([...map])
  })

  test('deep data does not overflow the stack', () => {
    let deep: unknown = staying[0]
    for (let depth = 0; depth < 20_000; depth++) deep = { deep }
    const { data, references } = referred(deep) as Referring<number>
    let back = dereference({ data, references }, () => 'found')
    while (typeof back === 'object') back = (back as { deep: unknown }).deep
    expect(back).toBe('found')
  })

  test('a getter is read twice at most before the data is cloned', () => {
    let reads = 0
    const value = {
      get counted() {
        return ++reads
      },
      stays: staying[0]
    }
    expect((sent(value) as { counted: number }).counted).toBe(reads)
    expect(reads).toBeLessThanOrEqual(2)
  })

  test('places that are not in the data are errors, and change nothing', () => {
    const key = fc.oneof(
      fc.constantFrom<unknown>('a', 0, 1, 'length', '__proto__', 'constructor', -1, 7, undefined, null, {}),
      fc.string()
    )
    const number = fc.oneof(fc.integer({ min: -2, max: 5 }), fc.constantFrom<unknown>(undefined, 'a', null))
    const place = fc.oneof(
      fc.tuple(number, key),
      fc.tuple(number, key, fc.integer({ min: 0, max: 2 })),
      fc.tuple(number, key, number, fc.constant(true)),
      fc.anything()
    )
    const before = Object.getOwnPropertyNames(Object.prototype)
    fc.assert(
      fc.property(fc.array(place, { maxLength: 5 }), places => {
        const data = { a: [{ b: 1 }, new Set([1]), new Map([[1, {}]])] }
        try {
          dereference({ data, references: places as unknown as Placed<number>[] }, id => staying[id])
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError)
        }
        expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before)
        expect(Object.keys(staying[0] as object)).toEqual(['id'])
      }),
      { numRuns: 2000 }
    )
  })

  test('arrays keep their holes and further properties', () => {
    const sparse = Object.assign([staying[0]], { more: staying[1] })
    sparse[3] = staying[2] as Stays
    const back = sent(sparse) as typeof sparse
    expect([back.length, 1 in back, back[3], back.more]).toEqual([4, false, staying[2], staying[1]])
  })
})

function stayingIn(value: unknown): unknown[] {
  if (value instanceof Stays) return [value]
  if (value instanceof Map) return [...value].flatMap(([key, one]) => [...stayingIn(key), ...stayingIn(one)])
  if (value instanceof Set) return [...value].flatMap(stayingIn)
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stayingIn) : []
}
