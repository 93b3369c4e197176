import assert from 'node:assert/strict'
import { now } from '../../clock.js'
import { CallAbortedError, CallTimeoutError, InvalidArgumentError } from '../../errors/errors.js'
import type { ImportOptions } from '../../options.js'
import { runScope } from '../../scope/scope.js'
import { type ConformanceCase, collect, defineCase, tasksUrl, thrownBy } from '../bench.js'
import type * as tasksModule from '../tasks.js'

/** Timeouts, signals, cancellation, and what a task can learn about them. */
export const limits: readonly ConformanceCase[] = [
  defineCase('a timeout names the function and the limit, and the executor works on', async ({ tasks }) => {
    const error = await thrownBy(() => tasks.never().with({ timeout: 150 }))
    assert.ok(error instanceof CallTimeoutError, String(error))
    assert.match(error.message, /never\(\).*150 ms/)
    assert.equal(error.timeout, 150)
    assert.equal(await tasks.echo('x'), 'x')
  }),
  defineCase('a runTimeout bounds the execution', async ({ tasks }) => {
    const error = await thrownBy(() => tasks.never().with({ runTimeout: 150 }))
    assert.ok(error instanceof CallTimeoutError, String(error))
    assert.equal(await tasks.echo('x'), 'x')
  }),
  defineCase('a timeout that is not reached changes nothing', async ({ tasks }) => {
    assert.equal(await tasks.echoLater('x').with({ timeout: 60_000, runTimeout: 60_000 }), 'x')
  }),
  defineCase(
    'the options of an import hold for each call made through it, unless it has its own',
    async bench => {
      const { executor, tasks } = bench
      const reason = new Error('no longer needed')
      const stopped = executor.import<typeof tasksModule>(tasksUrl, { signal: AbortSignal.abort(reason) })
      const { signal } = new AbortController()
      assert.equal(await thrownBy(() => stopped.echo('x')), reason)
      assert.equal(await stopped.echo('x').with({ signal }), 'x')
      const timed = executor.import<typeof tasksModule>(tasksUrl, { timeout: 150 })
      for (const call of [() => timed.never(), () => timed.never().with({ runTimeout: 60_000 })]) {
        const error = await thrownBy(call)
        assert.ok(error instanceof CallTimeoutError, String(error))
        assert.equal(error.timeout, 150)
      }
      const own = await thrownBy(() => timed.never().with({ timeout: 20 }))
      assert.ok(own instanceof CallTimeoutError, String(own))
      assert.equal(own.timeout, 20)
      assert.equal(await tasks.echoLater('y'), 'y')
    }
  ),
  defineCase('what no call takes is refused by the import', async ({ executor }) => {
    const invalid: unknown[] = [
      { timeout: -1 },
      { runTimeout: '5' },
      { signal: 'stop' },
      { executor },
      { time: 1 },
      null
    ]
    for (const options of invalid as ImportOptions[]) {
      for (const act of [
        () => executor.import(tasksUrl, options),
        () => executor.importSync(tasksUrl, options)
      ]) {
        const error = await thrownBy(act)
        assert.ok(error instanceof InvalidArgumentError, String(error))
        assert.match(error.message, /^import(Sync)?\(\)/)
      }
    }
  }),
  defineCase('a scope bounds the calls made inside', async ({ tasks }) => {
    const error = await thrownBy(() => runScope({ timeout: 150 }, () => tasks.never().start()))
    assert.ok(error instanceof CallTimeoutError, String(error))
  }),
  defineCase('a signal aborts a call with its own reason', async ({ tasks, file, written }) => {
    const journal = file('journal')
    const stop = new AbortController()
    const outcome = thrownBy(() => tasks.untilStopped(journal).with({ signal: stop.signal }))
    await written(journal, 'started')
    const reason = { why: 'the client has gone' }
    stop.abort(reason)
    assert.equal(await outcome, reason)
  }),
  defineCase('a signal that has aborted already refuses the call', async ({ tasks, file, lines }) => {
    const journal = file('journal')
    const reason = new Error('too late')
    const call = tasks.note(journal, 'ran').with({ signal: AbortSignal.abort(reason) })
    assert.equal(await thrownBy(() => call), reason)
    await tasks.echo('x')
    assert.deepEqual(lines(journal), [])
  }),
  defineCase('a task that watches its signal has cleaned up before its caller continues', async bench => {
    const journal = bench.file('journal')
    const stop = new AbortController()
    const outcome = thrownBy(() => bench.tasks.untilStopped(journal).with({ signal: stop.signal }))
    await bench.written(journal, 'started')
    stop.abort()
    await outcome
    assert.deepEqual(bench.lines(journal), ['started', 'finally'])
  }),
  defineCase('cancel() ends a started call, by default with CallAbortedError', async bench => {
    const journal = bench.file('journal')
    const future = bench.tasks.untilStopped(journal).start()
    const outcome = thrownBy(() => future)
    await bench.written(journal, 'started')
    future.cancel()
    const error = await outcome
    assert.ok(error instanceof CallAbortedError, String(error))
    assert.equal(error.name, 'AbortError')
    assert.match(error.message, /untilStopped/)
  }),
  defineCase('cancel(reason) ends a started call with that reason', async ({ tasks }) => {
    const future = tasks.never().start()
    const reason = new Error('no longer needed')
    future.cancel(reason)
    assert.equal(await thrownBy(() => future), reason)
  }),
  defineCase('cancel() after the end changes nothing', async ({ tasks }) => {
    const future = tasks.echo('x').start()
    assert.equal(await future, 'x')
    future.cancel()
    assert.equal(await future, 'x')
  }),
  defineCase('a stream that merely waits ends by its limit, and other streams go on', async ({ tasks }) => {
    const others = Array.from({ length: 8 }, () => tasks.countLater(2)[Symbol.asyncIterator]())
    for (const other of others) assert.deepEqual(await other.next(), { done: false, value: 1 })
    for (const limit of [
      { timeout: 150 },
      { itemTimeout: 150 },
      { signal: AbortSignal.timeout(150) }
    ] as const) {
      const { items, error } = await collect(tasks.thenNothing('x').with(limit))
      assert.ok(items.length <= 1)
      assert.equal(
        (error as Error | undefined)?.name,
        'signal' in limit ? 'TimeoutError' : 'CallTimeoutError'
      )
    }
    for (const other of others) assert.deepEqual(await other.next(), { done: false, value: 2 })
    for (const other of others) assert.equal((await other.next()).done, true)
  }),
  defineCase('a task knows its own call', async ({ tasks }) => {
    const before = now()
    const { name, deadline, aborted, hasSignal } = await tasks.taskInfo().with({ timeout: 60_000 })
    assert.deepEqual({ name, aborted, hasSignal }, { name: 'taskInfo', aborted: false, hasSignal: true })
    assert.ok(deadline !== undefined && deadline >= before + 60_000 && deadline <= now() + 60_000)
  }),
  defineCase("a task's own code sees its signal and what is left to it", async ({ tasks }) => {
    const { isTaskSignal, left } = await tasks.ownLimits().with({ timeout: 60_000 })
    assert.ok(isTaskSignal)
    assert.ok(left !== undefined && left > 0 && left <= 60_000, String(left))
    const scoped = await runScope({ timeout: 30_000 }, () => tasks.ownLimits().start())
    assert.ok(scoped.isTaskSignal)
    assert.ok(scoped.left !== undefined && scoped.left > 0 && scoped.left <= 30_000, String(scoped.left))
    const unlimited = await tasks.ownLimits()
    assert.equal(unlimited.left, undefined)
  }),
  defineCase("so does each step of a task's generator", async ({ tasks }) => {
    const { items } = await collect(tasks.ownLimitsInSteps(2).with({ timeout: 60_000 }))
    assert.equal(items.length, 2)
    for (const { isTaskSignal, left } of items) {
      assert.ok(isTaskSignal)
      assert.ok(left !== undefined && left > 0 && left <= 60_000, String(left))
    }
  }),
  defineCase('a scope that a task opens has a signal of its own, which aborts with the task', async bench => {
    const journal = bench.file('journal')
    const stop = new AbortController()
    const outcome = thrownBy(() => bench.tasks.untilScopeEnds(journal, 60_000).with({ signal: stop.signal }))
    await bench.written(journal, 'its own')
    const reason = new Error('no longer needed')
    stop.abort(reason)
    assert.equal(await outcome, reason)
    await bench.written(journal, 'aborted')
    const late = await thrownBy(() => bench.tasks.untilScopeEnds(bench.file('late'), 20))
    assert.ok(late instanceof CallTimeoutError, String(late))
  })
]
