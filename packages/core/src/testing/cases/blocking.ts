import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { CallTimeoutError, CannotBlockError, TaskNotFoundError } from '../../errors/errors.js'
import { type ConformanceCase, collectSync, defineCase, tasksUrl, thrownBy } from '../bench.js'
import { withCarried } from '../carrier.js'
import type * as tasksModule from '../tasks.js'
import { differenceOf, thrownKinds, thrownOf } from '../thrown.js'

/** Blocking on synchronous functions: where they run on this thread, or where the executor can block. */
export const blockingSync: readonly ConformanceCase[] = [
  defineCase('runSync() gives the value of a synchronous function', ({ tasks }) => {
    assert.equal(tasks.sum(1, 2).runSync(), 3)
  }),
  defineCase('runSync() twice runs once', ({ tasks, file, lines }) => {
    const journal = file('journal')
    const call = tasks.note(journal, 'ran')
    call.runSync()
    call.runSync()
    assert.deepEqual(lines(journal), ['ran'])
  }),
  defineCase('a blocking for gives the items of a generator, and break runs its finally', bench => {
    assert.deepEqual(collectSync(bench.tasks.count(3)), { items: [1, 2, 3], end: 'done' })
    const journal = bench.file('journal')
    for (const n of bench.tasks.count(1e9, journal)) if (n === 3) break
    assert.deepEqual(bench.lines(journal), ['finally'])
  }),
  defineCase('importSync gives plain functions and iterables', ({ blocking }) => {
    assert.equal(blocking.sum(1, 2), 3)
    assert.deepEqual(blocking.echo({ deep: [1] }), { deep: [1] })
    assert.deepEqual([...blocking.count(3)], [1, 2, 3])
  }),
  defineCase('what a blocking call throws arrives whole', async ({ tasks, blocking }) => {
    for (const kind of thrownKinds) {
      for (const act of [() => tasks.fail(kind).runSync(), () => blocking.fail(kind)]) {
        assert.equal(differenceOf(await thrownBy(act), thrownOf(kind)), undefined)
      }
    }
  }),
  defineCase('a blocking stream gives its items before its error', ({ tasks }) => {
    const { items, error } = collectSync(tasks.failAfter(3, 'code'))
    assert.deepEqual(items, [1, 2, 3])
    assert.equal(differenceOf(error, thrownOf('code')), undefined)
  }),
  defineCase('a blocking call of a missing module or export throws, every time', async bench => {
    const { run } = bench.executor.importSync<{ run(): void }>(
      new URL('missing.mjs', bench.module('there.mjs', ''))
    )
    const wrong = bench.blocking as unknown as Record<string, () => unknown>
    for (const _ of [1, 2]) {
      assert.ok((await thrownBy(run)) instanceof TaskNotFoundError)
      assert.ok((await thrownBy(() => wrong.mistyped?.())) instanceof TaskNotFoundError)
    }
  })
]

/** Blocking on anything: only where the executor has another thread to run it on. */
export const blockingAll: readonly ConformanceCase[] = [
  defineCase('runSync() gives the value of an asynchronous function', ({ tasks, blocking }) => {
    assert.equal(tasks.echoLater('x').runSync(), 'x')
    assert.equal(tasks.returnsPromise('x').runSync(), 'x')
    assert.equal(blocking.echoLater('x'), 'x')
  }),
  defineCase('a rejection arrives whole at a blocking call', async ({ tasks, blocking }) => {
    for (const kind of thrownKinds) {
      for (const act of [() => tasks.failLater(kind).runSync(), () => blocking.failLater(kind)]) {
        assert.equal(differenceOf(await thrownBy(act), thrownOf(kind)), undefined)
      }
    }
  }),
  defineCase('a blocking for gives the items of an async generator, and break runs its finally', bench => {
    assert.deepEqual(collectSync(bench.tasks.countLater(3)), { items: [1, 2, 3], end: 'done' })
    assert.deepEqual([...bench.blocking.countLater(3)], [1, 2, 3])
    const journal = bench.file('journal')
    for (const n of bench.tasks.countLater(1e9, journal)) if (n === 3) break
    assert.deepEqual(bench.lines(journal), ['finally'])
  }),
  defineCase('runSync() on a started call waits for that run', async ({ tasks, file, lines }) => {
    const journal = file('journal')
    const call = tasks.noteLater(journal, 'ran')
    const future = call.start()
    call.runSync()
    await future
    assert.deepEqual(lines(journal), ['ran'])
  }),
  defineCase('waitSync(timeout) that times out cancels nothing', async ({ tasks, file }) => {
    const gate = file('gate', 'shut')
    const future = tasks.untilOpen(gate, 'x').start()
    assert.throws(() => future.waitSync(50), CallTimeoutError)
    writeFileSync(gate, 'open')
    assert.equal(future.waitSync(), 'x')
    assert.equal(await future, 'x')
  }),
  defineCase('a hundred started calls are waited for one after the other', ({ tasks }) => {
    const numbers = Array.from({ length: 100 }, (_, index) => index)
    const futures = numbers.map(n => tasks.echoLater(n).start())
    assert.deepEqual(
      futures.map(future => future.waitSync()),
      numbers
    )
  }),
  defineCase(
    'importSync: its options hold for each call, and the executor continues to work',
    async ({ executor }) => {
      const timed = executor.importSync<typeof tasksModule>(tasksUrl, { timeout: 150 })
      for (const _ of [1, 2]) {
        const error = await thrownBy(() => timed.never())
        assert.ok(error instanceof CallTimeoutError, String(error))
        assert.equal(error.timeout, 150)
      }
      assert.equal(executor.importSync<typeof tasksModule>(tasksUrl, { timeout: 60_000 }).echo('x'), 'x')
      const reason = new Error('no longer needed')
      const stopped = executor.importSync<typeof tasksModule>(tasksUrl, { signal: AbortSignal.abort(reason) })
      assert.equal(await thrownBy(() => stopped.echo('x')), reason)
    }
  ),
  defineCase('a timeout ends a blocking call, and the executor works on', ({ tasks }) => {
    assert.throws(() => tasks.never().with({ timeout: 150 }).runSync(), CallTimeoutError)
    assert.equal(tasks.echo('x').runSync(), 'x')
  }),
  defineCase('an itemTimeout bounds each item that a blocking for waits for', ({ tasks, file }) => {
    const items: unknown[] = []
    assert.throws(() => {
      for (const item of tasks.thenSilence('first', file('journal')).with({ itemTimeout: 400 }))
        items.push(item)
    }, CallTimeoutError)
    assert.deepEqual(items, ['first'])
    assert.equal(tasks.echo('x').runSync(), 'x')
  }),
  defineCase(
    'a blocking call carries its context, at every step of a generator too',
    ({ tasks, blocking }) => {
      assert.deepEqual(
        withCarried('here', () => blocking.carried()),
        ['here', 'here']
      )
      assert.deepEqual(
        withCarried('here', () => [...tasks.carriedInLaterSteps(2)]),
        ['here', 'here']
      )
    }
  ),
  defineCase('a thousand blocking calls in a row each get their own answer', ({ tasks }) => {
    for (let n = 0; n < 1000; n++) assert.equal(tasks.echo(n).runSync(), n)
  })
]

/** The error of an executor that can't block when it is asked to. */
export const refusesToBlock: readonly ConformanceCase[] = [
  defineCase('blocking on an asynchronous function is refused, not a hang', ({ tasks, blocking }) => {
    assert.throws(() => tasks.echoLater('x').runSync(), CannotBlockError)
    assert.throws(() => blocking.echoLater('x'), CannotBlockError)
  }),
  defineCase('a blocking for over an async generator is refused, not a hang', ({ tasks }) => {
    assert.ok(collectSync(tasks.countLater(3)).error instanceof CannotBlockError)
  }),
  defineCase(
    'waitSync() on an asynchronous function is refused, and its answer still comes',
    async ({ tasks }) => {
      const future = tasks.echoLater('x').start()
      assert.throws(() => future.waitSync(), CannotBlockError)
      assert.equal(await future, 'x')
    }
  )
]
