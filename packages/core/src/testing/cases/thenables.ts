import assert from 'node:assert/strict'
import { read } from '../../object/properties.js'
import { type ConformanceCase, collectSync, defineCase, thrownBy } from '../bench.js'
import { thenableKinds, thenableOf } from '../thenables.js'

/** The outcome of awaiting something, as text that can be compared across threads. */
async function endOf(act: () => unknown): Promise<string> {
  try {
    return `gives ${String(await act())}`
  } catch (error) {
    return `throws ${String(error)}`
  }
}

const plainly = (kind: string): Promise<string> => endOf(() => thenableOf(kind))

/** What a function returns is awaited as `await` does it, whatever library made it. */
export const thenables: readonly ConformanceCase[] = thenableKinds.flatMap(kind => [
  defineCase(`a result that ${kind} comes to what await makes of it`, async ({ tasks }) => {
    const expected = await plainly(kind)
    for (const _ of [1, 2]) {
      assert.equal(await endOf(() => tasks.returnsThenable(kind)), expected)
      assert.equal(await endOf(() => tasks.returnsThenableLater(kind)), expected)
      assert.equal(await endOf(() => tasks.returnsThenable(kind).start()), expected)
    }
    assert.equal(await tasks.sum(1, 2), 3)
  }),
  defineCase(`an item that ${kind} comes to what for await makes of it`, async ({ tasks }) => {
    const first = async (items: AsyncIterable<unknown>): Promise<unknown> => {
      for await (const item of items) return item
      return 'nothing'
    }
    async function* plain(): AsyncGenerator<unknown> {
      yield thenableOf(kind)
    }
    const expected = await endOf(() => first(plain()))
    for (const stream of [() => tasks.yieldsThenable(kind), () => tasks.yieldsThenableLater(kind)]) {
      assert.equal(await endOf(() => first(stream())), expected)
    }
  })
])

/** The same for results of objects. */
export const objectThenables: readonly ConformanceCase[] = thenableKinds.map(kind =>
  defineCase(`what a method or a property gives that ${kind} is awaited`, async ({ tasks, held }) => {
    const expected = await plainly(kind)
    const counter = held(new tasks.Counter())
    assert.equal(await endOf(() => counter.thenable(kind)), expected)
    assert.equal(await endOf(() => tasks.Counter.thenable(kind)), expected)
    const keeper = held(new tasks.ThenableKeeper(kind))
    assert.equal(await endOf(() => read(keeper, 'kept')), expected)
  })
)

/** The same for a blocking caller. */
export const blockingThenables: readonly ConformanceCase[] = thenableKinds.flatMap(kind => [
  defineCase(
    `a blocking call returns what await returns for a result that ${kind}`,
    async ({ tasks, blocking }) => {
      const expected = await plainly(kind)
      assert.equal(await endOf(() => tasks.returnsThenable(kind).runSync()), expected)
      assert.equal(await endOf(() => blocking.returnsThenable(kind)), expected)
    }
  ),
  defineCase(`a blocking for comes to what await makes of an item that ${kind}`, async ({ tasks }) => {
    const { items, error, end } = collectSync(tasks.yieldsThenable(kind))
    const found = end === 'done' ? `gives ${String(items[0])}` : `throws ${String(error)}`
    assert.equal(found, await plainly(kind))
    assert.match(String(await thrownBy(() => tasks.fail('code').runSync())), /with a code/)
  })
])
