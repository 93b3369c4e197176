import assert from 'node:assert/strict'
import { DisposedError, InvalidArgumentError, TaskNotFoundError } from '../../errors/errors.js'
import { read, write } from '../../object/properties.js'
import { type ConformanceCase, collect, defineCase, thrownBy } from '../bench.js'
import { withCarried } from '../carrier.js'
import { differenceOf, thrownKinds, thrownOf } from '../thrown.js'

/** Objects that the executor keeps: their operations, and how they end. */
export const objects: readonly ConformanceCase[] = [
  defineCase('new makes an object at once, with its arguments', async ({ tasks, held, file, written }) => {
    const journal = file('journal')
    const counter = held(new tasks.Counter(5, journal))
    await written(journal, 'made 5')
    assert.equal(await read(counter, 'count'), 5)
    assert.equal(await held(new tasks.Counter()).add(), 1)
  }),
  defineCase(
    'methods run in the order in which they are called, also before the object is made',
    async bench => {
      const counter = bench.held(new bench.tasks.Counter(1))
      const calls = [counter.add(1), counter.add(10), counter.describe(), counter.add(100)]
      assert.deepEqual(await Promise.all(calls), [2, 12, 'counter at 12', 112])
    }
  ),
  defineCase('asynchronous methods take turns: one may wait for another of its object', async bench => {
    const counter = bench.held(new bench.tasks.Counter())
    const reached = counter.reached(2)
    assert.equal(await counter.addLater(), 1)
    assert.equal(await counter.add(), 2)
    assert.equal(await reached, 'reached')
  }),
  defineCase('a generator that is a method streams', async ({ tasks, held }) => {
    const counter = held(new tasks.Counter(3))
    assert.deepEqual(await collect(counter.below()), { items: [0, 1, 2], end: 'done' })
  }),
  defineCase('inherited and overridden methods are those of the class', async ({ tasks, held }) => {
    assert.equal(await held(new tasks.Counter(7)).inherited(), 'inherited by counter at 7')
  }),
  defineCase('properties and accessors are read and written', async ({ tasks, held }) => {
    const counter = held(new tasks.Counter(3))
    assert.equal(await read(counter, 'double'), 6)
    await write(counter, 'double', 20)
    assert.equal(await read(counter, 'count'), 10)
    await write(counter, 'count', 4)
    assert.equal(await counter.add(), 5)
  }),
  defineCase('static methods and properties are the class’s own, inherited ones too', async ({ tasks }) => {
    assert.equal(await tasks.Counter.ownName(), 'Counter')
    assert.equal(await tasks.LateCounter.ownName(), 'LateCounter')
    assert.equal(await read(tasks.Counter, 'kind'), 'counter')
    await write(tasks.Counter, 'madeSoFar', 40)
    assert.equal(await tasks.Counter.howMany(), 40)
  }),
  defineCase('an object that can be iterated is, asynchronously, and break runs its finally', async bench => {
    const journal = bench.file('journal')
    const counter = bench.held(new bench.tasks.Counter(3, journal))
    assert.deepEqual(await collect(counter), { items: [1, 2, 3], end: 'done' })
    assert.deepEqual(await collect(bench.held(new bench.tasks.LateCounter(2))), {
      items: [1, 2],
      end: 'done'
    })
    for await (const _ of counter) break
    assert.deepEqual(bench.lines(journal), ['made 3', 'finally', 'finally'])
  }),
  defineCase('an object that can not be iterated says so', async ({ tasks }) => {
    const bad = new tasks.EndsBadly('error')
    const wrong = bad as unknown as AsyncIterable<unknown>
    const { error } = await collect(wrong)
    assert.ok(error instanceof InvalidArgumentError, String(error))
    assert.match(error.message, /EndsBadly is not iterable/)
    await thrownBy(() => bad[Symbol.asyncDispose]())
  }),
  defineCase('disposal runs the object’s own, once', async ({ tasks, held, file, lines }) => {
    const [now, later] = [file('now'), file('later')]
    const counter = held(new tasks.Counter(1, now))
    await counter[Symbol.asyncDispose]()
    await counter[Symbol.asyncDispose]()
    assert.deepEqual(lines(now), ['made 1', 'disposed'])
    const late = held(new tasks.LateCounter(1, later))
    await late[Symbol.asyncDispose]()
    assert.deepEqual(lines(later), ['disposed later'])
  }),
  defineCase('a disposed object refuses every use with DisposedError', async ({ tasks, held }) => {
    const counter = held(new tasks.Counter(1))
    await counter[Symbol.asyncDispose]()
    const uses: (() => unknown)[] = [
      () => counter.add(),
      () => read(counter, 'count'),
      () => write(counter, 'count', 1),
      async () => {
        throw (await collect(counter)).error
      }
    ]
    for (const use of uses) {
      const error = await thrownBy(use)
      assert.ok(error instanceof DisposedError, String(error))
      assert.match(error.message, /Counter\.(add|count|\[Symbol\.iterator\]).* was disposed/)
    }
  }),
  defineCase('what a constructor throws arrives whole at the first use', async ({ tasks, held }) => {
    for (const kind of thrownKinds) {
      const broken = held(new tasks.Broken(kind))
      for (const use of [() => broken.use(), () => broken.use(), () => read(broken, 'made')]) {
        assert.equal(differenceOf(await thrownBy(use), thrownOf(kind)), undefined)
      }
      await broken[Symbol.asyncDispose]()
    }
  }),
  defineCase(
    'what a constructor throws is thrown by the disposal if the object was not used',
    async ({ tasks, held }) => {
      const broken = held(new tasks.Broken('code'))
      const error = await thrownBy(() => broken[Symbol.asyncDispose]())
      assert.equal(differenceOf(error, thrownOf('code')), undefined)
      await broken[Symbol.asyncDispose]()
    }
  ),
  defineCase('what a method, a property or a disposal throws arrives whole', async ({ tasks, held }) => {
    const counter = held(new tasks.Counter(1))
    for (const kind of thrownKinds) {
      assert.equal(differenceOf(await thrownBy(() => counter.fail(kind)), thrownOf(kind)), undefined)
      const bad = held(new tasks.EndsBadly(kind))
      assert.equal(await bad.use(), 'used')
      assert.equal(differenceOf(await thrownBy(() => bad[Symbol.asyncDispose]()), thrownOf(kind)), undefined)
      await bad[Symbol.asyncDispose]()
    }
    assert.ok(
      (await thrownBy(() => write(counter, 'describe', 1 as never).then(() => counter.describe()))) instanceof
        TaskNotFoundError
    )
  }),
  defineCase('a missing class, method or static is named, with what there is', async ({ tasks, held }) => {
    const wrong = tasks as unknown as Record<
      string,
      (new () => { go(): Promise<void> }) & { go(): Promise<void> }
    >
    const counter = held(new tasks.Counter(1)) as unknown as Record<string, () => Promise<void>>
    const { Missing, Counter } = wrong as Required<typeof wrong>
    const uses: [() => unknown, RegExp][] = [
      [() => new (Missing as new () => { go(): unknown })().go(), /'Missing'.*Counter/],
      [() => counter.mistyped?.(), /Counter\.mistyped is not a method.*describe/],
      [() => counter.count?.(), /read\(object, 'count'\)/],
      [() => Counter?.go(), /Counter\.go is not a method.*ofLater/]
    ]
    for (const [use, message] of uses) {
      const error = await thrownBy(use)
      assert.ok(error instanceof TaskNotFoundError, String(error))
      assert.match(error.message, message)
    }
  }),
  defineCase('a method sees the context of its call, also before the object is made', async bench => {
    const counter = bench.held(new bench.tasks.Counter(1))
    const first = withCarried('first', () => counter.carried().start())
    assert.deepEqual(await first, ['first', 'first'])
    assert.deepEqual(await withCarried('second', () => counter.carried().start()), ['second', 'second'])
  }),
  defineCase('limits bound a method, and the object lives on', async ({ tasks, held }) => {
    const counter = held(new tasks.Counter(1))
    const stop = new AbortController()
    const waits = counter.untilStopped().with({ signal: stop.signal }).start()
    const reason = new Error('enough')
    stop.abort(reason)
    assert.equal(await thrownBy(() => waits), reason)
    assert.equal(await counter.add().with({ timeout: 60_000 }), 2)
    assert.equal(await counter.taskName().with({ timeout: 60_000 }), 'Counter.taskName')
  })
]

/** For executors that keep no objects. */
export const refusesObjects: readonly ConformanceCase[] = [
  defineCase(
    'objects, statics and properties are refused at the call',
    async ({ executor, tasks, blocking }) => {
      const uses: (() => unknown)[] = [
        () => new tasks.Counter(1),
        () => new blocking.Counter(1),
        () => tasks.Counter.of(1),
        () => read(tasks.Counter, 'kind')
      ]
      for (const use of uses) {
        assert.throws(use, error => {
          assert.ok(error instanceof InvalidArgumentError, String(error))
          assert.match(error.message, new RegExp(`Counter.*${executor.name} keeps no objects`))
          return true
        })
      }
    }
  )
]
