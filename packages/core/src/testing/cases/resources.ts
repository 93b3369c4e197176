import assert from 'node:assert/strict'
import { DisposedError } from '../../errors/errors.js'
import { read } from '../../object/properties.js'
import { type ConformanceCase, defineCase, thrownBy } from '../bench.js'

/** Resources of a module: entered where they live, with their value sent here. */
export const resources: readonly ConformanceCase[] = [
  defineCase('a resource is entered where it lives, has its value here, and is left once', async bench => {
    const journal = bench.file('journal')
    const session = await bench.tasks.session(journal, 'x')
    assert.equal(session.value, 'X')
    assert.deepEqual(bench.lines(journal), ['enter x'])
    await session[Symbol.asyncDispose]()
    await session[Symbol.asyncDispose]()
    assert.deepEqual(bench.lines(journal), ['enter x', 'leave x'])
    assert.throws(() => session.value, DisposedError)
  }),
  defineCase(
    'use runs a body with the value, and leaves the resource after it',
    async ({ tasks, file, lines }) => {
      const journal = file('journal')
      assert.equal(await (await tasks.session(journal, 'x')).use(async value => value.length), 1)
      assert.equal(await (await tasks.lock(journal, { n: 2 })).use(value => (value as { n: number }).n), 2)
      assert.deepEqual(lines(journal), ['enter x', 'leave x', 'unlock'])
    }
  ),
  defineCase('the value of a resource may stay', async ({ tasks }) => {
    const lent = await tasks.lentLedger('x')
    assert.equal(await lent.value.read('a'), 'x: a')
    await lent[Symbol.asyncDispose]()
    assert.equal(await (await tasks.lentLedger('y')).use(async one => await one.read('b')), 'y: b')
  }),
  defineCase('a resource that is read of an object is one', async ({ tasks, file, lines, held }) => {
    const journal = file('journal')
    const office = held(new tasks.Office(journal))
    const door = (await read(office, 'door')) as unknown as {
      use<R>(body: (value: unknown) => R): Promise<R>
    }
    assert.equal(await door.use(value => value), 'door')
    assert.deepEqual(lines(journal), ['unlock'])
  }),
  defineCase(
    'an error of the body is thrown at the yield, which may catch it',
    async ({ tasks, file, lines }) => {
      const journal = file('journal')
      const caught = await tasks.session(journal, 'x')
      const range = new RangeError('mine')
      assert.equal(
        await caught.use(() => {
          throw range
        }),
        undefined
      )
      const passed = await tasks.session(journal, 'y')
      const own = new TypeError('mine')
      const thrown = await thrownBy(() =>
        passed.use(() => {
          throw own
        })
      )
      assert.equal(thrown, own)
      assert.deepEqual(lines(journal), ['enter x', 'caught', 'leave x', 'enter y', 'leave y'])
      assert.ok((await thrownBy(() => passed.use(() => 1))) instanceof DisposedError)
    }
  )
]

/** For executors to which a value has to cross. */
export const resourcesElsewhere: readonly ConformanceCase[] = [
  defineCase('a resource whose value can not be handed over is left at once', async bench => {
    const journal = bench.file('journal')
    const error = await thrownBy(() => bench.tasks.lock(journal, 'a function'))
    assert.match(String(error), /NotCloneableError.*value/)
    await bench.written(journal, 'unlock')
  }),
  defineCase('a resource inside of data is refused, and left at once', async bench => {
    const journal = bench.file('journal')
    const error = await thrownBy(() => bench.tasks.lockInside(journal))
    assert.match(String(error), /NotCloneableError.*lockInside.*return the resource itself/)
    await bench.written(journal, 'unlock')
  })
]

/** Blocking. */
export const blockingResources: readonly ConformanceCase[] = [
  defineCase('the value of a resource of importSync may stay', ({ blocking }) => {
    const lent = blocking.lentLedger('x')
    assert.ok(lent.value instanceof blocking.Ledger)
    assert.equal(lent.value.read('a'), 'x: a')
    lent[Symbol.dispose]()
    assert.equal(
      blocking.lentLedger('y').use(one => one.read('b')),
      'y: b'
    )
  }),
  defineCase('a resource of importSync is left and used blocking', ({ blocking, file, lines }) => {
    const journal = file('journal')
    const lock = blocking.lock(journal, 1)
    assert.equal(lock.value, 1)
    lock[Symbol.dispose]()
    lock[Symbol.dispose]()
    assert.equal(
      blocking.lock(journal, 2).use(value => (value as number) + 1),
      3
    )
    const own = new TypeError('mine')
    const failing = (): unknown =>
      blocking.lock(journal, 3).use(() => {
        throw own
      })
    assert.throws(failing, one => one === own)
    assert.deepEqual(lines(journal), ['unlock', 'unlock', 'unlock'])
  })
]

/** Blocking, where asynchronous functions may be blocked on. */
export const blockingAllResources: readonly ConformanceCase[] = [
  defineCase('an asynchronous resource is entered and left blocking', ({ blocking, file, lines }) => {
    const journal = file('journal')
    const session = blocking.session(journal, 'x')
    assert.equal(session.value, 'X')
    session[Symbol.dispose]()
    assert.equal(
      blocking.session(journal, 'y').use(value => value.length),
      1
    )
    const caught = blocking.session(journal, 'z').use(() => {
      throw new RangeError('mine')
    })
    assert.equal(caught, undefined)
    const expected = ['enter x', 'leave x', 'enter y', 'leave y', 'enter z', 'caught', 'leave z']
    assert.deepEqual(lines(journal), expected)
  })
]
