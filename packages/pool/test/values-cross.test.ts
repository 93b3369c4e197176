import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pooled, rejection } from './helpers.js'

/** Whatever a structured clone takes, small and large, and much that JSON would spoil. */
const anything = fc.oneof(
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
    withNullPrototype: true
  }),
  fc.jsonValue(),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.array(fc.double(), { maxLength: 400 }),
  fc.string({ minLength: 30_000, maxLength: 40_000 })
)

describe('a value', () => {
  it('arrives as its structured clone, there and back, by a blocking call', () => {
    const { tasks } = pooled({ maxThreads: 1 })
    fc.assert(
      fc.property(anything, value => {
        expect(tasks.same(value).runSync()).toStrictEqual(structuredClone(value))
      }),
      { numRuns: 500 }
    )
  })

  it('arrives as its structured clone, there and back, by awaited calls at once', async () => {
    const { tasks } = pooled({ maxThreads: 2 })
    await fc.assert(
      fc.asyncProperty(fc.array(anything, { maxLength: 20 }), async values => {
        const arrived = await Promise.all(values.map(value => tasks.sameLater(value)))
        expect(arrived).toStrictEqual(structuredClone(values))
      }),
      { numRuns: 100 }
    )
  })

  it('that holds one object twice holds one object twice there', () => {
    const { tasks } = pooled({ maxThreads: 1 })
    const part = { n: 1 }
    tasks.same(1).runSync()
    const { first, second } = tasks.same({ first: part, second: part }).runSync()
    expect(first).toBe(second)
  })

  it('that holds itself holds itself there', () => {
    const { tasks } = pooled({ maxThreads: 1 })
    const value: { self?: unknown } = {}
    value.self = value
    tasks.same(1).runSync()
    const arrived = tasks.same(value).runSync()
    expect(arrived.self).toBe(arrived)
  })

  it('with a getter that throws fails its call alone, and leaves its thread alive', async () => {
    const { tasks } = pooled({ maxThreads: 1 })
    const thread = await tasks.thread()
    for (const failed of [rejection(tasks.withThrowingGetter()), rejection(tasks.withThrowingGetter())])
      expect(await failed).toMatchObject({ code: 'BRIDGE_NOT_CLONEABLE' })
    expect(await tasks.thread()).toBe(thread)
  })
})
