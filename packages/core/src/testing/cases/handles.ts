import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { read } from '../../object/properties.js'
import { type ConformanceCase, defineCase, thrownBy } from '../bench.js'

/** A remote object represents one object, wherever it is sent. */
export const handles: readonly ConformanceCase[] = [
  defineCase('a remote object among the arguments is the very object', async ({ tasks, held }) => {
    const counter = held(new tasks.Counter(1))
    assert.equal(await counter.isSame(counter), true)
    assert.equal(await tasks.areSame(counter, counter), true)
  }),
  defineCase(
    'a remote object deep in arrays, objects, Maps and Sets is the very object',
    async ({ tasks, held }) => {
      const counter = held(new tasks.Counter(2))
      const data = { list: [counter, counter], map: new Map([['a', counter]]), set: new Set([counter]) }
      assert.equal(await tasks.totalOf(data as never), 8)
      // The data that was sent is unchanged.
      assert.deepEqual([data.list[0], data.map.get('a'), data.set.has(counter)], [counter, counter, true])
    }
  ),
  defineCase('what comes back is the same remote object', async ({ tasks, held }) => {
    const counter = held(new tasks.Counter(2))
    assert.equal(await counter.self(), counter)
    assert.equal(await counter.selfLater(), counter)
    assert.equal(await tasks.echo(counter), counter)
    const back = await tasks.echo({
      a: [counter],
      b: new Map([[counter, new Set([counter])]]),
      c: 1
    })
    assert.deepEqual(back, { a: [counter], b: new Map([[counter, new Set([counter])]]), c: 1 })
    assert.equal((back as { a: unknown[] }).a[0], counter)
  }),
  defineCase('data with cycles keeps them around a remote object', async ({ tasks, held }) => {
    const counter = held(new tasks.Counter(2))
    const ring: Record<string, unknown> = { counter }
    ring.self = ring
    ring.list = [ring]
    const back = (await tasks.echo(ring)) as typeof ring
    assert.equal(back.self, back)
    assert.equal((back.list as unknown[])[0], back)
    assert.equal(back.counter, counter)
  }),
  defineCase('what a class gives of its own instances stays where it is', async ({ tasks, held }) => {
    const counter = held(new tasks.Counter(4))
    const forked = held(await counter.fork())
    assert.equal(await forked.add(), 5)
    assert.equal(await counter.isSame(forked as never), false)
    const made = held(await tasks.Counter.of(1))
    const later = held(await tasks.Counter.ofLater(2))
    assert.equal(await made.add(), 2)
    assert.equal(await later.add(), 3)
    assert.equal(await made.isSame(made as never), true)
  }),
  defineCase(
    'proxy() keeps an object that a task returns where it is, as one object in all its places',
    async ({ tasks, held }) => {
      const { plain, first, list, map } = await tasks.sharedCounter(3)
      held(first)
      assert.equal(plain, 3)
      assert.equal(list[0], first)
      assert.equal(map.get('one'), first)
      assert.equal(await first.add(), 4)
      assert.equal(await read(first, 'count'), 4)
    }
  ),
  defineCase('an error may have a remote object', async ({ tasks, held }) => {
    const error = await thrownBy(() => tasks.failWithCounter(6))
    assert.ok(error instanceof RangeError, String(error))
    const { counter } = error as RangeError & {
      counter: Awaited<ReturnType<typeof tasks.sharedCounter>>['first']
    }
    assert.equal(await held(counter).add(), 7)
  }),
  defineCase('data that looks like a reference is data', async ({ tasks, held }) => {
    const counter = held(new tasks.Counter(2))
    const odd = { '@bridge/reference': 0, deep: [{ '@bridge/reference': { literal: 1 } }] }
    assert.deepEqual(await tasks.echo(odd), odd)
    const beside = { odd, counter, within: { '@bridge/reference': counter } }
    assert.deepEqual(await tasks.echo(beside), beside)
  }),
  defineCase('printing, comparing or awaiting does nothing surprising', async bench => {
    const counter = bench.held(new bench.tasks.Counter(2))
    assert.equal(inspect(counter), `Remote Counter on ${bench.executor.name}`)
    assert.equal(`${counter}`, inspect(counter))
    assert.equal(await Promise.resolve(counter), counter)
    assert.deepEqual(counter, counter)
    const written = (): void => {
      ;(counter as unknown as { count: number }).count = 1
    }
    assert.throws(written, TypeError)
  })
]
