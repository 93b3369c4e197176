import assert from 'node:assert/strict'
import { type ConformanceCase, collect, collectSync, defineCase, thrownBy } from '../bench.js'
import { differenceOf, thrownOf } from '../thrown.js'

/** Synchronous iterators whose items are promises, and instances that can be iterated. */
export const iterables: readonly ConformanceCase[] = [
  defineCase('a generator that yields a rejected promise is closed, and its finally runs', async bench => {
    const journal = bench.file('journal')
    const { items, error } = await collect(bench.tasks.rejectedItem('code', journal))
    assert.deepEqual(items, [1])
    assert.equal(differenceOf(error, thrownOf('code')), undefined)
    await bench.written(journal, 'finally')
    assert.deepEqual(bench.lines(journal), ['finally'])
  }),
  defineCase('a pull after a rejected item is done', async ({ tasks, file }) => {
    const items = tasks.rejectedItem('code', file('journal'))[Symbol.asyncIterator]()
    await items.next()
    await thrownBy(() => items.next())
    assert.equal((await items.next()).done, true)
  }),
  defineCase('what the finally after a rejected item throws is not what its consumer gets', async bench => {
    const journal = bench.file('journal')
    const { error } = await collect(bench.tasks.rejectedItemBadlyEnded('code', journal))
    assert.equal(differenceOf(error, thrownOf('code')), undefined)
    await bench.written(journal, 'finally')
  }),
  defineCase('a generator that answers throw() by a rejected promise is closed', async bench => {
    const journal = bench.file('journal')
    const items = bench.tasks.rejectedWhenThrown(journal)[Symbol.asyncIterator]()
    await items.next()
    const error = await thrownBy(async () => {
      // If the generator is ahead of its consumer, items that it has produced may come first.
      await items.throw(new RangeError('thrown in'))
      while ((await items.next()).done !== true);
    })
    assert.equal((error as Error).message, 'thrown in')
    await bench.written(journal, 'finally')
  }),
  defineCase('a result that is a promise is awaited, and one that rejects closes nothing', async bench => {
    const journal = bench.file('journal', '')
    const result = await bench.tasks.resultLater(journal)[Symbol.asyncIterator]().next()
    assert.deepEqual(result, { done: true, value: 'result' })
    const { error } = await collect(bench.tasks.resultLater(journal, 'code'))
    assert.equal(differenceOf(error, thrownOf('code')), undefined)
    assert.deepEqual(bench.lines(journal), [])
  }),
  defineCase(
    'an instance of a class that can be iterated and has no fields streams',
    async ({ tasks, file, lines }) => {
      const journal = file('journal')
      assert.deepEqual(await collect(tasks.instance(3)), { items: [1, 2, 3], end: 'done' })
      for await (const n of tasks.instance(1e9, journal)) if (n === 2) break
      assert.deepEqual(lines(journal), ['finally'])
    }
  ),
  defineCase('an awaited instance of a class that can be iterated gives its stream', async ({ tasks }) => {
    assert.deepEqual(await collect(await tasks.instance(3)), { items: [1, 2, 3], end: 'done' })
    const later = (await tasks.instanceLater(3)) as unknown as AsyncIterable<number>
    assert.deepEqual(await collect(later), { items: [1, 2, 3], end: 'done' })
  }),
  defineCase('an instance of a class that can be iterated asynchronously streams', async ({ tasks }) => {
    assert.deepEqual(await collect(tasks.asyncInstance(3)), { items: [1, 2, 3], end: 'done' })
  }),
  defineCase('an instance with fields, and one of a collection’s subclass, is a value', async ({ tasks }) => {
    const field = (await tasks.iterableValue('field')) as { limit: number }
    assert.equal(field.limit, 3)
    assert.deepEqual([...((await tasks.iterableValue('map')) as Map<string, number>)], [['a', 1]])
    assert.deepEqual([...((await tasks.iterableValue('array')) as number[])], [1, 2])
    assert.deepEqual([...((await tasks.iterableValue('bytes')) as Uint8Array)], [1, 2])
  })
]

/** The same for a blocking caller. */
export const blockingIterables: readonly ConformanceCase[] = [
  defineCase('a blocking for over an instance of a class that can be iterated', bench => {
    const { tasks, blocking } = bench
    assert.deepEqual(collectSync(tasks.instance(3)), { items: [1, 2, 3], end: 'done' })
    assert.deepEqual([...tasks.instance(3).runSync()], [1, 2, 3])
    assert.deepEqual([...blocking.instance(3)], [1, 2, 3])
    const journal = bench.file('journal')
    for (const n of tasks.instance(1e9, journal)) if (n === 2) break
    assert.deepEqual(bench.lines(journal), ['finally'])
  })
]

/** And for a blocking caller that can wait for asynchronous results, such as an item that is a promise. */
export const blockingAllIterables: readonly ConformanceCase[] = [
  defineCase(
    'a generator that yields a rejected promise is closed for a blocking for, too',
    async ({ tasks, file, written }) => {
      const journal = file('journal')
      const { items, error } = collectSync(tasks.rejectedItem('code', journal))
      assert.deepEqual(items, [1])
      assert.equal(differenceOf(error, thrownOf('code')), undefined)
      await written(journal, 'finally')
    }
  )
]

/** Objects that stay where they are, if the executor keeps objects. */
export const objectIterables: readonly ConformanceCase[] = [
  defineCase(
    'an object of an iterable class stays an object, and other results stream',
    async ({ tasks, held }) => {
      const range = held(new tasks.Range(2))
      const twice = held(await range.twice())
      assert.deepEqual(await collect(twice), { items: [0, 1, 2, 3], end: 'done' })
      assert.deepEqual(await collect(held(await twice.twice())), {
        items: [0, 1, 2, 3, 4, 5, 6, 7],
        end: 'done'
      })
      assert.deepEqual(await collect(range.naturals()), { items: [1, 2], end: 'done' })
    }
  )
]
