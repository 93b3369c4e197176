import assert from 'node:assert/strict'
import { DisposedError } from '../../errors/errors.js'
import { read, write } from '../../object/properties.js'
import { type ConformanceCase, collectSync, defineCase, thrownBy } from '../bench.js'
import { differenceOf, thrownKinds, thrownOf } from '../thrown.js'

/** Plain classes, by importSync: synchronous members, on which every executor that can block at all may block. */
export const blockingObjects: readonly ConformanceCase[] = [
  defineCase(
    'importSync gives plain classes: constructor, methods, accessors, fields',
    ({ blocking, held }) => {
      const counter = held(new blocking.Counter(3))
      assert.equal(counter.add(2), 5)
      assert.equal(counter.describe(), 'counter at 5')
      assert.equal(counter.inherited(), 'inherited by counter at 5')
      assert.equal(counter.count, 5)
      counter.double = 20
      assert.equal(counter.count, 10)
      assert.ok(counter instanceof blocking.Counter)
      assert.deepEqual(Object.keys(counter), ['count'])
    }
  ),
  defineCase('importSync gives plain iterables and disposables', ({ blocking, held, file, lines }) => {
    const journal = file('journal')
    const counter = held(new blocking.Counter(3, journal))
    assert.deepEqual([...counter], [1, 2, 3])
    assert.deepEqual([...counter.below()], [0, 1, 2])
    for (const _ of counter) break
    counter[Symbol.dispose]()
    counter[Symbol.dispose]()
    assert.deepEqual(lines(journal), ['made 3', 'finally', 'finally', 'disposed'])
    assert.throws(() => counter.add(), DisposedError)
  }),
  defineCase('importSync: statics, and objects that are given back', ({ blocking, held }) => {
    assert.equal(blocking.Counter.ownName(), 'Counter')
    const counter = held(blocking.Counter.of(2))
    assert.equal(counter.add(), 3)
    assert.equal(counter.self(), counter)
    assert.equal(counter.isSame(counter as never), true)
    assert.equal(held(counter.fork()).count, 3)
    const made = held(new blocking.Counter(1))
    assert.equal(blocking.echo(made), made)
    assert.equal((blocking.echo([{ made }]) as [{ made: unknown }])[0].made, made)
  }),
  defineCase('importSync: a subclass has what it adds, and what it overrides', ({ blocking, held }) => {
    // The members of a mapped type are properties, which TypeScript lets no method override.
    const Plain = blocking.Counter as unknown as new (
      start: number
    ) => AsyncDisposable & { add(by?: number): number; self(): unknown }
    class Twice extends Plain {
      override add(by = 1): number {
        return super.add(2 * by)
      }

      more(): number {
        return this.add() + this.add()
      }
    }
    const twice = held(new Twice(0))
    assert.equal(twice.more(), 6)
    assert.ok(twice instanceof Twice && twice instanceof blocking.Counter)
    assert.equal(twice.self(), twice)
  }),
  defineCase(
    'importSync: what a constructor, a method or a disposal throws is thrown with all its properties',
    async bench => {
      const { blocking, held } = bench
      const counter = held(new blocking.Counter(1))
      for (const kind of thrownKinds) {
        const bad = held(new blocking.EndsBadly(kind))
        for (const act of [
          () => new blocking.Broken(kind),
          () => counter.fail(kind),
          () => bad[Symbol.dispose]()
        ]) {
          assert.equal(differenceOf(await thrownBy(act), thrownOf(kind)), undefined)
        }
      }
    }
  )
]

/** Blocking on anything an object does. */
export const blockingAllObjects: readonly ConformanceCase[] = [
  defineCase('a remote object can be blocked on, as soon as it is made', ({ tasks, held, file, lines }) => {
    const journal = file('journal')
    const counter = held(new tasks.Counter(2, journal))
    assert.equal(counter.addLater(3).runSync(), 5)
    write(counter, 'count', 2).runSync()
    assert.equal(read(counter, 'double').runSync(), 4)
    assert.deepEqual(collectSync(counter), { items: [1, 2], end: 'done' })
    assert.deepEqual(collectSync(held(new tasks.LateCounter(2))), { items: [1, 2], end: 'done' })
    counter[Symbol.dispose]()
    assert.deepEqual(lines(journal), ['made 2', 'finally', 'disposed'])
    assert.throws(() => counter.add().runSync(), DisposedError)
  }),
  defineCase('a blocking disposal waits for an asynchronous one', ({ tasks, held, file, lines }) => {
    const journal = file('journal')
    const late = held(new tasks.LateCounter(1, journal))
    late[Symbol.dispose]()
    assert.deepEqual(lines(journal), ['disposed later'])
  }),
  defineCase('importSync: asynchronous members block, too', ({ blocking, held, file, lines }) => {
    const journal = file('journal')
    const late = held(new blocking.LateCounter(2, journal))
    assert.deepEqual([...late], [1, 2])
    assert.equal(held(new blocking.Counter(1)).addLater(4), 5)
    assert.equal(held(blocking.Counter.ofLater(3)).add(), 4)
    late[Symbol.dispose]()
    assert.deepEqual(lines(journal), ['disposed later'])
  })
]
