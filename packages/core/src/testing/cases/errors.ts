import assert from 'node:assert/strict'
import { NotCloneableError } from '../../errors/errors.js'
import { registerErrors } from '../../wire/registered-errors.js'
import { type ConformanceCase, collect, defineCase, thrownBy } from '../bench.js'
import { differenceOf, QuotaError, thrownKinds, thrownOf } from '../thrown.js'

/** What was thrown arrives whole: class, message, code, own properties, cause, errors, and values of any kind. */
export const errors: readonly ConformanceCase[] = thrownKinds.flatMap(kind => {
  registerErrors({ QuotaError })
  const same = (arrived: unknown): void => assert.equal(differenceOf(arrived, thrownOf(kind)), undefined)
  return [
    defineCase(`what a function throws arrives whole: ${kind}`, async ({ tasks }) => {
      same(await thrownBy(() => tasks.fail(kind)))
    }),
    defineCase(`what an asynchronous function rejects with arrives whole: ${kind}`, async ({ tasks }) => {
      same(await thrownBy(() => tasks.failLater(kind)))
    }),
    defineCase(
      `what a generator throws arrives whole, after the items before it: ${kind}`,
      async ({ tasks }) => {
        for (const stream of [tasks.failAfter(3, kind), tasks.failLaterAfter(3, kind)]) {
          const { items, end, error } = await collect(stream)
          assert.deepEqual(items, [1, 2, 3])
          assert.equal(end, 'thrown')
          same(error)
        }
      }
    )
  ]
})

/** The errors of an executor with threads for values that can't leave one. */
export const notCloneable: readonly ConformanceCase[] = [
  defineCase('an argument that can not be sent is refused, and its place named', async ({ tasks }) => {
    const error = await thrownBy(() => tasks.sum(1, { deep: [new WeakMap()] } as unknown as number))
    assert.ok(error instanceof NotCloneableError, String(error))
    assert.match(error.message, /sum/)
    assert.match(error.message, /args\[1\]\.deep\[0\]/)
  }),
  defineCase('a result that can not be sent is refused, and its place named', async ({ tasks }) => {
    const error = await thrownBy(() => tasks.uncloneable())
    assert.ok(error instanceof NotCloneableError, String(error))
    assert.match(error.message, /uncloneable/)
    assert.match(error.message, /\.deep\[0\]/)
  }),
  defineCase('an item that can not be sent ends its stream with the same error', async ({ tasks }) => {
    const { items, error } = await collect(tasks.uncloneableItem())
    assert.deepEqual(items, [1])
    assert.ok(error instanceof NotCloneableError, String(error))
  })
]
