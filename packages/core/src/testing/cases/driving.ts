import assert from 'node:assert/strict'
import { InvalidArgumentError } from '../../errors/errors.js'
import type { AsyncGeneratorLike, GeneratorLike } from '../../stream/types.js'
import { type ConformanceCase, defineCase, tasksUrl, thrownBy } from '../bench.js'
import type * as streamTasks from '../stream-tasks.js'

type Tasks = typeof streamTasks

const KINDS = ['driven', 'drivenLater'] as const

/** A stream's iterator, awaited or blocking: the result of a step is awaited here in both cases. */
type Driven = AsyncGeneratorLike<unknown, unknown, unknown> | GeneratorLike<unknown, unknown, unknown>

async function itemsUntil(items: Driven, wanted: unknown): Promise<number> {
  for (let n = 1; ; n++) {
    const { done, value } = await items.next()
    assert.notEqual(done, true)
    if (value === wanted) return n
  }
}

/** `throw` reaches the generator at its current yield, and its answer is not an item that was produced ahead. */
async function throwsInto(items: Driven): Promise<void> {
  assert.equal(await itemsUntil(items, 3), 3)
  assert.deepEqual(await items.throw(new Error('one')), { done: false, value: 'caught one' })
  assert.deepEqual(await items.throw(new Error('two')), { done: false, value: 'caught two' })
  const next = await items.next()
  assert.equal(typeof next.value, 'number')
  assert.deepEqual(await items.throw(new Error('stop')), { done: true, value: 'stopped' })
  assert.deepEqual(await items.next(), { done: true, value: undefined })
}

/** Calls that are not awaited are answered in the order of the calls. */
async function answersInOrder(items: Driven): Promise<void> {
  await items.next()
  const [caught, returned] = await Promise.all([items.throw(new Error('one')), items.return('mine')])
  assert.deepEqual(caught, { done: false, value: 'caught one' })
  assert.deepEqual(returned, { done: true, value: 'mine' })
}

async function failsBy(items: Driven): Promise<void> {
  await items.next()
  const thrown = await thrownBy(() => items.throw(new Error('fail')))
  assert.equal((thrown as Error).message, 'fail')
  assert.equal((await items.next()).done, true)
}

async function refusesThrow(items: Driven): Promise<void> {
  await items.next()
  const mine = new Error('mine')
  const thrown = (await thrownBy(() => items.throw(mine))) as TypeError
  assert.ok(thrown instanceof TypeError, String(thrown))
  assert.equal((thrown.cause as Error).message, 'mine')
  assert.equal((await items.next()).done, true)
}

async function yieldsWhenReturned(items: Driven): Promise<void> {
  assert.deepEqual(await items.next(), { done: false, value: 'first' })
  assert.deepEqual(await items.return('mine'), { done: false, value: 'from finally' })
  assert.deepEqual(await items.next(), { done: true, value: 'in the end' })
  assert.deepEqual(await items.next(), { done: true, value: undefined })
}

async function takesValues(items: Driven): Promise<void> {
  assert.deepEqual(await items.next(), { done: false, value: 1 })
  assert.deepEqual(await items.next('this'), { done: false, value: 'given this' })
  assert.deepEqual(await items.next('that'), { done: false, value: 'given that' })
  assert.deepEqual(await items.next(), { done: false, value: 2 })
  assert.deepEqual(await items.return('mine'), { done: true, value: 'mine' })
}

async function dropsNoValue(items: Driven): Promise<void> {
  await items.next()
  const outcome = await Promise.resolve()
    .then(() => items.next('this'))
    .then(
      ({ value }) => value,
      (error: unknown) => (error instanceof InvalidArgumentError ? 'refused' : error)
    )
  assert.ok(outcome === 'given this' || outcome === 'refused', String(outcome))
  await items.return(undefined)
}

/** Generators that are driven by all the methods of an iterator. */
export const driving: readonly ConformanceCase[] = [
  ...KINDS.flatMap(kind => [
    defineCase(`throw() meets a generator where it stands: ${kind}`, bench =>
      throwsInto(bench.tasks[kind]()[Symbol.asyncIterator]())
    ),
    defineCase(`throw() is answered before the return() that follows at once: ${kind}`, async bench => {
      await answersInOrder(bench.tasks[kind]()[Symbol.asyncIterator]())
      await answersInOrder(bench.tasks[kind]().with({ twoWay: true })[Symbol.asyncIterator]())
    }),
    defineCase(`what a generator does not catch is thrown by throw(): ${kind}`, bench =>
      failsBy(bench.tasks[kind]()[Symbol.asyncIterator]())
    ),
    defineCase(`next(value) gives its value to a generator that was called with twoWay: ${kind}`, bench =>
      takesValues(bench.tasks[kind]().with({ twoWay: true })[Symbol.asyncIterator]())
    ),
    defineCase(`next(value) without twoWay is given or refused, and never dropped: ${kind}`, bench =>
      dropsNoValue(bench.tasks[kind]()[Symbol.asyncIterator]())
    )
  ]),
  defineCase('throw() into an iterator that has none is a TypeError, and closes it', async bench => {
    const journal = bench.file('journal')
    await refusesThrow(
      (bench.tasks.plainIterator(journal) as unknown as AsyncIterable<number>)[
        Symbol.asyncIterator
      ]() as Driven
    )
    assert.equal(bench.lines(journal)[0], 'returned')
  }),
  ...(['reluctant', 'reluctantLater'] as const).map(kind =>
    defineCase(
      `return(value) returns what a generator yields in its finally, and the generator continues: ${kind}`,
      bench => yieldsWhenReturned(bench.tasks[kind]()[Symbol.asyncIterator]())
    )
  ),
  defineCase(
    'throw() into a stream that was closed before its first item throws what it is given',
    async bench => {
      const items = bench.tasks.driven()[Symbol.asyncIterator]()
      assert.deepEqual(await items.return('mine'), { done: true, value: 'mine' })
      const mine = new RangeError('mine')
      assert.equal(await thrownBy(() => items.throw(mine)), mine)
    }
  ),
  defineCase('break ends a generator that yields in its finally', async bench => {
    const tasks = bench.tasks
    for await (const item of tasks.reluctant()) if (item === 'first') break
    for await (const item of tasks.reluctantLater()) if (item === 'first') break
    assert.equal(await bench.tasks.echo('still there'), 'still there')
  }),
  ...[0, 1, 4].map(highWaterMark =>
    defineCase(
      `a highWaterMark of ${highWaterMark} keeps a generator from being further ahead`,
      async bench => {
        const journal = bench.file('journal')
        const items = bench.tasks.driven(journal).with({ highWaterMark })[Symbol.asyncIterator]()
        for (let n = 1; n <= 10; n++) {
          assert.deepEqual(await items.next(), { done: false, value: n })
          assert.ok(bench.lines(journal).length <= n + highWaterMark, bench.lines(journal).join())
        }
        await items.return(undefined)
      }
    )
  ),
  defineCase('a highWaterMark may be given with the import, and another one with the call', async bench => {
    const tasks = bench.executor.import<Tasks>(tasksUrl, { highWaterMark: 0 })
    const journal = bench.file('journal')
    const items = tasks.driven(journal)[Symbol.asyncIterator]()
    for (let n = 1; n <= 5; n++) {
      await items.next()
      assert.equal(bench.lines(journal).length, n)
    }
    await items.return(undefined)
    const wrong = (): unknown => tasks.driven().with({ highWaterMark: -1 })
    assert.ok((await thrownBy(wrong)) instanceof InvalidArgumentError)
    const unknown = (): unknown => bench.executor.import(tasksUrl, { executor: bench.executor } as never)
    assert.ok((await thrownBy(unknown)) instanceof InvalidArgumentError)
  }),
  ...['Readable', 'ReadableStream', 'events.on'].map(kind =>
    defineCase(`return() ends a silent ${kind} at once, with the pull that waits for it`, async bench => {
      const journal = bench.file('journal')
      const items = bench.tasks.silent(kind, 'first', journal)[Symbol.asyncIterator]() as Driven
      assert.deepEqual(await items.next(), { done: false, value: 'first' })
      const pull = items.next()
      assert.equal((await items.return(undefined)).done, true)
      assert.deepEqual(await pull, { done: true, value: undefined })
      await bench.written(journal, 'ended')
    })
  ),
  ...['Readable', 'ReadableStream', 'events.on'].map(kind =>
    defineCase(`an abort ends a silent ${kind}`, async bench => {
      const journal = bench.file('journal')
      const stop = new AbortController()
      const items = bench.tasks
        .silent(kind, 'first', journal)
        .with({ signal: stop.signal })
        [Symbol.asyncIterator]() as Driven
      assert.deepEqual(await items.next(), { done: false, value: 'first' })
      const pull = thrownBy(() => items.next())
      const reason = new Error('enough')
      stop.abort(reason)
      assert.equal(await pull, reason)
      await bench.written(journal, 'ended')
    })
  ),
  defineCase('break ends a silent Readable', async bench => {
    const journal = bench.file('journal')
    for await (const _ of bench.tasks.silent('Readable', 'first', journal)) break
    await bench.written(journal, 'ended')
  })
]

/** The same for a blocking consumer. */
export const drivingBlocking: readonly ConformanceCase[] = [
  defineCase('blocking: throw(), return(value) and next(value) do what the language does', async bench => {
    const tasks = bench.tasks
    await throwsInto(tasks.driven()[Symbol.iterator]())
    await failsBy(tasks.driven()[Symbol.iterator]())
    await takesValues(tasks.driven().with({ twoWay: true })[Symbol.iterator]())
    await dropsNoValue(tasks.driven()[Symbol.iterator]())
    await yieldsWhenReturned(tasks.reluctant()[Symbol.iterator]())
    const journal = bench.file('journal')
    await refusesThrow(
      (tasks.plainIterator(journal) as unknown as Iterable<number>)[Symbol.iterator]() as Driven
    )
    assert.equal(bench.lines(journal)[0], 'returned')
  }),
  defineCase('importSync gives an iterator for a generator', ({ executor }) => {
    const { driven } = executor.importSync<Tasks>(tasksUrl)
    const items = driven()
    assert.deepEqual(items.next(), { done: false, value: 1 })
    assert.deepEqual(items.throw(new Error('one')), { done: false, value: 'caught one' })
    assert.equal(items[Symbol.iterator](), items)
    assert.deepEqual(items.return('mine'), { done: true, value: 'mine' })
  }),
  defineCase('blocking: a highWaterMark of 0 makes an item when it is asked for', bench => {
    const journal = bench.file('journal')
    const { driven } = bench.executor.importSync<Tasks>(tasksUrl, { highWaterMark: 0 })
    const items = driven(journal)
    for (let n = 1; n <= 5; n++) {
      items.next()
      assert.equal(bench.lines(journal).length, n)
    }
    items.return(undefined)
  })
]

/** The same for asynchronous generators, if they can be blocked on. */
export const drivingBlockingAll: readonly ConformanceCase[] = [
  defineCase('blocking: an async generator is driven as a generator is', async bench => {
    const tasks = bench.tasks
    await throwsInto(tasks.drivenLater()[Symbol.iterator]())
    await failsBy(tasks.drivenLater()[Symbol.iterator]())
    await takesValues(tasks.drivenLater().with({ twoWay: true })[Symbol.iterator]())
    await dropsNoValue(tasks.drivenLater()[Symbol.iterator]())
    await yieldsWhenReturned(tasks.reluctantLater()[Symbol.iterator]())
  })
]
