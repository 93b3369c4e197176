import assert from 'node:assert/strict'
import { type ConformanceCase, collect, defineCase } from '../bench.js'
import { withCarried } from '../carrier.js'

/** What was set at the call is seen in the callee. */
export const context: readonly ConformanceCase[] = [
  defineCase('what a carrier captured is there in the function, after its awaits too', async ({ tasks }) => {
    assert.deepEqual(await withCarried('here', () => tasks.carried().start()), ['here', 'here'])
  }),
  defineCase('nothing is there for a call made outside', async ({ tasks }) => {
    await withCarried('here', () => tasks.carried().start())
    assert.deepEqual(await tasks.carried(), [undefined, undefined])
  }),
  defineCase('what a carrier captured is there at every step of a generator', async ({ tasks }) => {
    for (const kind of ['carriedInSteps', 'carriedInLaterSteps'] as const) {
      const stream = await withCarried('here', () => tasks[kind](3).start())
      assert.deepEqual((await collect(stream)).items, ['here', 'here', 'here'])
    }
  }),
  defineCase('calls at the same time each see their own', async ({ tasks }) => {
    const numbers = Array.from({ length: 50 }, (_, index) => index)
    const seen = await Promise.all(numbers.map(n => withCarried(n, () => tasks.carried().start())))
    assert.deepEqual(
      seen,
      numbers.map(n => [n, n])
    )
  })
]
