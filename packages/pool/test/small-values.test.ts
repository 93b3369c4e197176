import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pooled } from './helpers.js'

interface Echoes {
  echo<T>(value: T): T
  all<T extends readonly unknown[]>(...values: T): T
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
  it('arrive as they are, as many as there are, from a caller that blocks', () => {
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
