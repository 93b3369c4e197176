import assert from 'node:assert/strict'
import { CallTimeoutError } from '../../errors/errors.js'
import { runScope } from '../../scope/scope.js'
import { type ConformanceCase, collect, collectSync, defineCase, thrownBy } from '../bench.js'
import { withCarried } from '../carrier.js'

const HERE = ['here', 'here']

/** A call belongs to the place where it was made, however and wherever it is consumed. */
export const making: readonly ConformanceCase[] = [
  defineCase('a call has the context of its making, whatever consumes it', async ({ tasks }) => {
    const make = () => withCarried('here', () => tasks.carried())
    const ignore = (): void => {}
    assert.deepEqual(await make().then(value => value), HERE)
    assert.deepEqual(await make().catch(ignore), HERE)
    assert.deepEqual(await make().finally(ignore), HERE)
    assert.deepEqual(await make().start(), HERE)
    assert.deepEqual(await make().with({ timeout: 60_000 }), HERE)
    assert.deepEqual(await make().with({ timeout: 60_000 }).start(), HERE)
    assert.deepEqual(await withCarried('elsewhere', () => make().start()), HERE)
    assert.deepEqual(await withCarried('elsewhere', () => make().then(value => value)), HERE)
  }),
  defineCase('a call that was made with nothing set sees nothing where it is consumed', async ({ tasks }) => {
    const call = tasks.carried()
    assert.deepEqual(await withCarried('elsewhere', () => call.start()), [undefined, undefined])
  }),
  defineCase('a stream has the context of its making, wherever it is iterated', async ({ tasks }) => {
    for (const kind of ['carriedInSteps', 'carriedInLaterSteps'] as const) {
      const call = withCarried('here', () => tasks[kind](3))
      assert.deepEqual((await withCarried('elsewhere', () => collect(call))).items, ['here', ...HERE])
    }
  }),
  defineCase('a call has the scope of its making, whatever consumes it', async ({ tasks }) => {
    const make = () => runScope({ timeout: 150 }, () => tasks.never())
    const outcomes = [
      thrownBy(() => make().then(undefined)),
      thrownBy(() => make().catch(reason => Promise.reject(reason))),
      thrownBy(() => make().finally(() => {})),
      thrownBy(() => make().start()),
      thrownBy(() => make().with({ priority: 1 })),
      thrownBy(() => make().with({ priority: 1 }).start())
    ]
    for (const error of await Promise.all(outcomes)) {
      assert.ok(error instanceof CallTimeoutError, String(error))
      assert.equal(error.timeout, undefined)
    }
  }),
  defineCase('a scope does not bound a call that was made outside', async ({ tasks }) => {
    const made = [tasks.echoLater(1), tasks.echoLater(2), tasks.echoLater(3)] as const
    const reason = new Error('over')
    const values = await runScope({ signal: AbortSignal.abort(reason) }, () =>
      Promise.all([made[0], made[1].start(), made[2].with({ timeout: 60_000 })])
    )
    assert.deepEqual(values, [1, 2, 3])
  }),
  defineCase('a refused configuration leaves nothing of the call', async ({ tasks, file, lines }) => {
    const journal = file('journal')
    const call = tasks.note(journal, 'ran')
    assert.throws(() => call.with({ timeout: 'abc' as unknown as number }))
    await tasks.echo('x')
    assert.deepEqual(lines(journal), [])
    assert.match(String(await thrownBy(() => call)), /note.*with\(\)/)
  })
]

/** The same for a caller that blocks on a synchronous function. */
export const makingBlocking: readonly ConformanceCase[] = [
  defineCase('a blocking call has the context of its making', ({ tasks }) => {
    const call = withCarried('here', () => tasks.carriedNow())
    assert.equal(
      withCarried('elsewhere', () => call.runSync()),
      'here'
    )
    const bare = tasks.carriedNow()
    assert.equal(
      withCarried('elsewhere', () => bare.runSync()),
      undefined
    )
    const stream = withCarried('here', () => tasks.carriedInSteps(3))
    assert.deepEqual(withCarried('elsewhere', () => collectSync(stream)).items, ['here', ...HERE])
  }),
  defineCase('a blocking call has the scope of its making', async ({ tasks }) => {
    const reason = new Error('over')
    const call = runScope({ signal: AbortSignal.abort(reason) }, () => tasks.echo('x'))
    assert.equal(await thrownBy(() => call.runSync()), reason)
    const outside = tasks.echo('x')
    assert.equal(
      runScope({ signal: AbortSignal.abort(reason) }, () => outside.runSync()),
      'x'
    )
  })
]

/** On one object the order is the order of making. */
export const order: readonly ConformanceCase[] = [
  defineCase('calls on one object run in the order in which they were made', async ({ tasks, held }) => {
    const counter = held(new tasks.Counter(0))
    const first = counter.add(1)
    const second = counter.add(10).then(value => value)
    const third = counter.add(100).start()
    const fourth = counter.add(1000).with({ timeout: 60_000 })
    counter.add(10_000)
    assert.equal(await counter.add(100_000), 111_111)
    assert.deepEqual(await Promise.all([first, second, third, fourth]), [1, 11, 111, 1111])
  }),
  defineCase(
    'a call has the context and the scope of its making if a later call starts it',
    async ({ tasks, held }) => {
      const counter = held(new tasks.Counter(0))
      await counter.describe()
      const reason = new Error('over')
      const first = withCarried('here', () => counter.carried())
      const later = withCarried('elsewhere', () =>
        runScope({ signal: AbortSignal.abort(reason) }, () => thrownBy(() => counter.add(1).start()))
      )
      assert.deepEqual(await first, HERE)
      assert.equal(await later, reason)
    }
  ),
  defineCase(
    'disposal comes after the calls that were made before, and before those made later',
    async bench => {
      const { tasks, file, lines } = bench
      const journal = file('journal')
      const counter = new tasks.Counter(1, journal)
      const before = counter.add(1)
      const disposed = counter[Symbol.asyncDispose]()
      const after = thrownBy(() => counter.add(1))
      assert.equal(await before, 2)
      await disposed
      assert.match(String(await after), /disposed/)
      assert.equal(lines(journal).length, 2)
    }
  )
]

/** The same for a caller that blocks. */
export const orderBlocking: readonly ConformanceCase[] = [
  defineCase(
    'a blocking call on an object comes after those that were made before',
    async ({ tasks, held }) => {
      const counter = held(new tasks.Counter(0))
      await counter.describe()
      counter.add(1)
      const two = counter.add(1)
      assert.equal(counter.describe().runSync(), 'counter at 2')
      assert.equal(two.runSync(), 2)
    }
  ),
  defineCase('blocking disposal comes after the calls that were made before', async ({ tasks }) => {
    const counter = new tasks.Counter(0)
    await counter.describe()
    const before = counter.add(1)
    counter[Symbol.dispose]()
    assert.equal(await before, 1)
  })
]
