import assert from 'node:assert/strict'
import { InvalidArgumentError } from '../../errors/errors.js'
import { type ConformanceCase, defineCase } from '../bench.js'

const PLAIN = [undefined, null, 0, -1.5, 'text', true, 10n, [1, [2]], { deep: { list: [1] } }]
const CLONED = [new Date(5), new Map([['a', 1]]), new Set([1]), /x/g, new Uint8Array([1, 2])]

/** What goes in and comes out. */
export const values: readonly ConformanceCase[] = [
  defineCase('an awaited call gives the value of a synchronous function', async ({ tasks }) => {
    assert.equal(await tasks.sum(1, 2, 3), 6)
  }),
  defineCase('an awaited call gives the value of an asynchronous function', async ({ tasks }) => {
    assert.equal(await tasks.echoLater('x'), 'x')
  }),
  defineCase('a plain function that returns a promise gives what it resolves to', async ({ tasks }) => {
    assert.equal(await tasks.returnsPromise('x'), 'x')
  }),
  defineCase('arguments may be missing', async ({ tasks }) => {
    assert.equal(await tasks.sum(), 0)
  }),
  defineCase('arguments and results of every plain kind arrive as they were', async ({ tasks }) => {
    for (const value of [...PLAIN, ...CLONED]) assert.deepEqual(await tasks.echo(value), value)
  }),
  defineCase('a collection is a value, although it can be iterated', async ({ tasks }) => {
    assert.deepEqual(await tasks.collection(), new Map([['a', [1, 2]]]))
    assert.deepEqual(await tasks.echo([1, 2]), [1, 2])
  }),
  defineCase('a call awaited twice runs once', async ({ tasks, file, lines }) => {
    const journal = file('journal')
    const call = tasks.note(journal, 'ran')
    await Promise.all([call, call])
    await call
    assert.deepEqual(lines(journal), ['ran'])
  }),
  defineCase('a call that is not consumed still runs', async ({ tasks, file, written }) => {
    const journal = file('journal')
    tasks.note(journal, 'ran')
    await written(journal, 'ran')
  }),
  defineCase('a call replaced by with() does not run', async ({ tasks, file, lines }) => {
    const journal = file('journal')
    const call = tasks.note(journal, 'ran')
    await call.with({ timeout: 60_000 })
    await assert.rejects(async () => call, InvalidArgumentError)
    assert.deepEqual(lines(journal), ['ran'])
  }),
  defineCase('a hundred calls at once each get their own answer', async ({ tasks }) => {
    const numbers = Array.from({ length: 100 }, (_, index) => index)
    const calls = numbers.map(n => (n % 2 === 0 ? tasks.echo(n) : tasks.echoLater(n)))
    assert.deepEqual(await Promise.all(calls), numbers)
  })
]
