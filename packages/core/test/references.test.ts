import { dereference, refer } from '@bridge/core/executor'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

class Stays {
  constructor(readonly id: number) {}
}

const staying = [new Stays(0), new Stays(1), new Stays(2)]
const idOf = (value: object): number | undefined => (value instanceof Stays ? value.id : undefined)

/** There and back, as through a message port. */
function sent(value: unknown): unknown {
  const referring = refer(value, idOf)
  if (referring === undefined) return structuredClone(value)
  const { data, references } = structuredClone(referring)
  return dereference({ data, references }, id => staying[id as number])
}

/** Plain data of every kind, with what stays sprinkled in. */
const anything = fc.letrec<{ any: unknown }>(tie => ({
  any: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom<unknown>(...staying),
    fc.oneof(fc.integer(), fc.string(), fc.constantFrom<unknown>(undefined, null, true, 10n, new Date(0))),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom('@bridge/reference', 'literal', '__proto__', 'constructor')),
      tie('any'),
      { maxKeys: 4 }
    ),
    fc.array(fc.tuple(tie('any'), tie('any')), { maxLength: 3 }).map(entries => new Map(entries)),
    fc.array(tie('any'), { maxLength: 3 }).map(items => new Set(items))
  )
})).any

class Dto {}

/** Instances of a class that hold what looks like references, at any depth; none of it stays. */
const instances = fc.letrec<{ any: unknown; data: Record<string, unknown> }>(tie => ({
  data: fc.dictionary(
    fc.oneof(fc.string(), fc.constantFrom('@bridge/reference', 'literal', '__proto__')),
    tie('any'),
    { maxKeys: 3 }
  ) as fc.Arbitrary<Record<string, unknown>>,
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
  test('data in instances of classes comes out as a clone would, whatever it looks like, beside what stays', () => {
    fc.assert(
      fc.property(instances, value => {
        const [back, stays] = sent([value, staying[1]]) as [unknown, unknown]
        expect(back).toStrictEqual(structuredClone(value))
        expect(stays).toBe(staying[1])
      }),
      { numRuns: 2000 }
    )
  })

  test('any plain data comes out equal, and what stays comes out as itself', () => {
    fc.assert(
      fc.property(anything, value => {
        const before = structuredClone(refer(value, idOf)?.data ?? value)
        const back = sent(value)
        expect(back).toEqual(value)
        expect(stayingIn(back)).toEqual(stayingIn(value))
        for (const [place, one] of stayingIn(value).entries()) expect(stayingIn(back)[place]).toBe(one)
        // What was sent is as it was.
        expect(structuredClone(refer(value, idOf)?.data ?? value)).toEqual(before)
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
    expect(refer({ deep: [new Map([[1, new Set([{}])]])] }, idOf)).toBeUndefined()
    expect(refer('text', idOf)).toBeUndefined()
  })

  test('data that looks like a reference is taken for data, alone and beside one', () => {
    for (const odd of [
      { '@bridge/reference': 0 },
      { '@bridge/reference': { literal: { '@bridge/reference': 1 } } },
      [staying[1], { '@bridge/reference': 0, more: staying[2] }]
    ]) {
      expect(sent(odd)).toEqual(odd)
    }
  })

  test('what is no plain data is not looked through, and not copied', () => {
    class Holder {
      constructor(readonly held: unknown) {}
    }
    const holder = new Holder(staying[0])
    const { data, references } = refer([holder, staying[1]], idOf) as { data: unknown[]; references: unknown }
    expect(data[0]).toBe(holder)
    expect(references).toEqual([1])
  })

  test('arrays keep their holes and further properties', () => {
    const sparse = Object.assign([staying[0]], { more: staying[1] })
    sparse[3] = staying[2] as Stays
    const back = sent(sparse) as typeof sparse
    expect([back.length, 1 in back, back[3], back.more]).toEqual([4, false, staying[2], staying[1]])
  })

  test('a place that there is not is data', () => {
    expect(dereference({ data: [{ '@bridge/reference': 7 }], references: [] }, () => 1)).toEqual([
      { '@bridge/reference': 7 }
    ])
  })
})

function stayingIn(value: unknown): unknown[] {
  if (value instanceof Stays) return [value]
  if (value instanceof Map) return [...value].flatMap(([key, one]) => [...stayingIn(key), ...stayingIn(one)])
  if (value instanceof Set) return [...value].flatMap(stayingIn)
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stayingIn) : []
}
