import assert from 'node:assert/strict'
import { CallTimeoutError, InvalidArgumentError } from '../../errors/errors.js'
import { type ConformanceCase, collect, defineCase, thrownBy } from '../bench.js'
import { differenceOf, thrownOf } from '../thrown.js'

/** Generators of both kinds, item by item. */
export const streams: readonly ConformanceCase[] = [
  defineCase('for await gives the items of a generator in order', async ({ tasks }) => {
    assert.deepEqual(await collect(tasks.count(100)), { items: upTo(100), end: 'done' })
  }),
  defineCase('for await gives the items of an async generator in order', async ({ tasks }) => {
    assert.deepEqual(await collect(tasks.countLater(100)), { items: upTo(100), end: 'done' })
  }),
  defineCase('a stream may be empty', async ({ tasks }) => {
    assert.deepEqual(await collect(tasks.count(0)), { items: [], end: 'done' })
    assert.deepEqual(await collect(tasks.countLater(0)), { items: [], end: 'done' })
  }),
  defineCase('an awaited generator gives its stream', async ({ tasks }) => {
    for (const call of [tasks.count(3), tasks.countLater(3)]) {
      assert.deepEqual(await collect(await call), { items: [1, 2, 3], end: 'done' })
    }
  }),
  defineCase('a plain function that returns an iterator streams', async ({ tasks }) => {
    assert.deepEqual(await collect(tasks.returnsIterator(3)), { items: [1, 2, 3], end: 'done' })
  }),
  defineCase('an async function that returns a generator streams', async ({ tasks }) => {
    const stream = (await tasks.returnsStream(3)) as AsyncIterable<number>
    assert.deepEqual(await collect(stream), { items: [1, 2, 3], end: 'done' })
  }),
  defineCase("a generator's return value is the value of the last result", async ({ tasks }) => {
    for (const call of [tasks.count(1), tasks.countLater(1)]) {
      const items = call[Symbol.asyncIterator]()
      assert.deepEqual(await items.next(), { done: false, value: 1 })
      assert.deepEqual(await items.next(), { done: true, value: 'counted' })
      assert.equal((await items.next()).done, true)
    }
  }),
  defineCase('an error before the first item is an error and not an empty stream', async ({ tasks }) => {
    for (const call of [tasks.failAfter(0, 'code'), tasks.failLaterAfter(0, 'code')]) {
      const { items, end, error } = await collect(call)
      assert.deepEqual([items, end], [[], 'thrown'])
      assert.equal(differenceOf(error, thrownOf('code')), undefined)
    }
  }),
  defineCase('break has run the finally of the generator by the next statement', async bench => {
    for (const kind of ['count', 'countLater'] as const) {
      const journal = bench.file(kind)
      for await (const n of bench.tasks[kind](1e9, journal)) if (n === 3) break
      assert.deepEqual(bench.lines(journal), ['finally'])
    }
  }),
  defineCase('a stream closed before its first item, and twice, is done', async ({ tasks }) => {
    const items = (await tasks.count(3))[Symbol.asyncIterator]()
    assert.equal((await items.return?.())?.done, true)
    assert.equal((await items.return?.())?.done, true)
    assert.equal((await items.next()).done, true)
  }),
  defineCase('closing one stream leaves another, and other calls, alone', async ({ tasks }) => {
    const open = (await tasks.countLater(5))[Symbol.asyncIterator]()
    const first = await open.next()
    for await (const n of tasks.countLater(1e9)) if (n === 2) break
    assert.equal(await tasks.echo('x'), 'x')
    const rest = await collect({ [Symbol.asyncIterator]: () => open })
    assert.deepEqual([first.value, ...rest.items], upTo(5))
  }),
  defineCase('a value can not be iterated', async ({ tasks }) => {
    const wrong = tasks.collection() as unknown as AsyncIterable<unknown>
    assert.ok((await collect(wrong)).error instanceof InvalidArgumentError)
  }),
  defineCase('a signal ends a stream while a pull is pending, and its generator cleans up', async bench => {
    const { tasks, file, written } = bench
    const journal = file('journal')
    const stop = new AbortController()
    const items = tasks.thenSilence('first', journal).with({ signal: stop.signal })[Symbol.asyncIterator]()
    assert.equal((await items.next()).value, 'first')
    const pull = thrownBy(() => items.next())
    const reason = new Error('the client has gone')
    stop.abort(reason)
    assert.equal(await pull, reason)
    await written(journal, 'finally')
    assert.equal((await items.next()).done, true)
  }),
  defineCase(
    'streams that are left at once and end slowly all clean up',
    async ({ tasks, file, written }) => {
      const stop = new AbortController()
      const journals = upTo(40).map(n => file(`journal ${n}`))
      const open = journals.map(journal =>
        tasks.endsSlowly(10, journal).with({ signal: stop.signal })[Symbol.asyncIterator]()
      )
      for (const items of open) assert.equal((await items.next()).value, 1)
      stop.abort(new Error('the client has gone'))
      for (const journal of journals) await written(journal, 'finally')
      assert.equal(await tasks.echo('x'), 'x')
    }
  ),
  defineCase('a timeout bounds a stream as a whole', async ({ tasks, file }) => {
    const { items, error } = await collect(tasks.thenSilence('first', file('journal')).with({ timeout: 400 }))
    assert.ok(error instanceof CallTimeoutError, String(error))
    assert.deepEqual(items, ['first'])
  }),
  defineCase('an itemTimeout bounds the wait for each item, and its generator cleans up', async bench => {
    const { tasks, file, written } = bench
    for (const others of [{}, { runTimeout: 60_000, timeout: 60_000 }]) {
      const journal = file(`journal ${Object.keys(others)}`)
      const silent = tasks.thenSilence('first', journal).with({ itemTimeout: 400, ...others })
      const { items, error } = await collect(silent)
      assert.ok(error instanceof CallTimeoutError, String(error))
      assert.match(error.message, /^thenSilence\(\) gave no item within 400 ms \(its itemTimeout\)/)
      assert.deepEqual(items, ['first'])
      await written(journal, 'finally')
    }
  }),
  defineCase('an itemTimeout that no item needs changes nothing', async ({ tasks }) => {
    for (const itemTimeout of [60_000, Infinity]) {
      const given = await collect(tasks.countLater(100).with({ itemTimeout }))
      assert.deepEqual(given, { items: upTo(100), end: 'done' })
      assert.equal(await tasks.echoLater('value').with({ itemTimeout }), 'value')
    }
  })
]

function upTo(limit: number): number[] {
  return Array.from({ length: limit }, (_, index) => index + 1)
}
