import assert from 'node:assert/strict'
import { read } from '../../object/properties.js'
import { type ConformanceCase, collect, defineCase, tasksUrl } from '../bench.js'
import type * as tasks from '../tasks.js'

/** A module whose members are not typed. */
// biome-ignore lint/suspicious/noExplicitAny: what it has is what the cases find out
type Loose = any

/** Functions and objects of `importSync()` in their blocking and asynchronous forms: synchronous functions. */
export const blockingAndAsync: readonly ConformanceCase[] = [
  defineCase('functions of importSync have their asynchronous form as async', async ({ blocking }) => {
    assert.equal(blocking.echo(1), 1)
    assert.equal(await blocking.echo.async(2), 2)
    assert.equal(await blocking.echo.async(3).with({ timeout: 5_000 }), 3)
    assert.equal(blocking.echo.async(4).runSync(), 4)
    assert.equal(await blocking.echoLater.async(5), 5)
    assert.equal(blocking.echo.async, blocking.echo.async)
    const { items } = await collect(blocking.everyLedgerLater.async(2))
    assert.deepEqual(
      items.map(item => item.read('')),
      ['0: ', '1: ']
    )
  }),
  defineCase(
    'statics and methods have an asynchronous form, too, whose objects are of the same class',
    async ({ blocking, held }) => {
      const ledger = held(await blocking.Ledger.openLater.async('x'))
      assert.ok(ledger instanceof blocking.Ledger)
      assert.equal(ledger.read('a'), 'x: a')
      assert.equal(await ledger.read.async('b'), 'x: b')
      assert.equal(await ledger.readLater.async('c'), 'x: c')
      const page = await ledger.page.async(1)
      assert.ok(page instanceof blocking.Page)
      assert.ok(page instanceof blocking.Ledger)
      assert.equal(page.turned(), 2)
    }
  ),
  defineCase('objects that functions, methods and properties give are instances of their classes', bench => {
    const { blocking, held } = bench
    const ledger = held(blocking.ledger('x'))
    assert.ok(ledger instanceof blocking.Ledger)
    assert.equal(ledger.constructor, blocking.Ledger)
    assert.ok(blocking.Ledger.open('y') instanceof blocking.Ledger)
    assert.ok(ledger.page(1) instanceof blocking.Page)
    assert.ok(ledger.pages().by.get('three') instanceof blocking.Page)
    assert.ok(ledger.first instanceof blocking.Page)
    assert.equal(ledger.first.number, 1)
    assert.ok(new blocking.Page('z', 1) instanceof blocking.Ledger)
    assert.equal(blocking.sameLedger(ledger as never, ledger as never), true)
    assert.deepEqual(JSON.parse(JSON.stringify(ledger)), { name: 'x' })
  }),
  defineCase(
    'an object of a class that is not exported is an instance of its nearest exported base class',
    ({ blocking, held }) => {
      const hidden = held(blocking.hiddenLedger('x')) as unknown as {
        more(): string
        read(line: string): string
      }
      assert.ok(hidden instanceof blocking.Ledger)
      assert.equal(hidden.more(), 'more of x')
      assert.equal(hidden.read('a'), 'x: a')
    }
  ),
  defineCase('items of a blocking stream are objects, too', ({ blocking, held }) => {
    const seen = [...blocking.everyLedger(2)].map(item => ('inner' in item ? item.inner : item).read(''))
    assert.deepEqual(seen, ['0: ', '1: '])
    const pages = held(blocking.ledger('x')).all()
    assert.ok(pages.next().value instanceof blocking.Page)
    assert.equal(pages.return(undefined as never).done, true)
  }),
  defineCase('methods may be detached, replaced on an object and on the class', ({ blocking, held }) => {
    const ledger = held(blocking.ledger('x'))
    const { read: detached } = ledger
    assert.equal(detached('a'), 'x: a')
    assert.equal(ledger.read, detached)
    const own = held(blocking.ledger('y')) as unknown as { read: unknown }
    own.read = () => 'replaced'
    assert.equal((own.read as () => string)(), 'replaced')
    assert.equal(ledger.read('b'), 'x: b')
    const loose = Reflect.get(blocking.Ledger.prototype as object, 'read') as (line: string) => string
    assert.equal(loose.call(ledger, 'c'), 'x: c')
    assert.throws(() => loose.call({}, 'c'), /Ledger\.read\(\): this must be the remote object/)
  }),
  defineCase('an object in an error is the object', async ({ blocking, held }) => {
    const ledger = held(blocking.ledger('x'))
    const isOurs = (error: unknown): boolean => (error as { by?: unknown }).by === ledger
    assert.throws(() => ledger.refuse(), isOurs)
    await assert.rejects(async () => await ledger.refuse.async(), isOurs)
  }),
  defineCase('a subclass may override a method, and ask the one above', ({ blocking, held }) => {
    const Plain = blocking.Ledger as unknown as new (
      name: string
    ) => AsyncDisposable & { read(line: string): string }
    class Loud extends Plain {
      override read(line: string): string {
        return super.read(line).toUpperCase()
      }
    }
    const loud = held(new Loud('x'))
    assert.equal(loud.read('a'), 'X: A')
    assert.ok(loud instanceof blocking.Ledger)
  }),
  defineCase('what is an instance of a class is one of it by its other names', ({ blocking, held }) => {
    class Own extends (blocking.Register as unknown as new (name: string) => AsyncDisposable) {}
    const made = [blocking.ledger('x'), new blocking.Register('y'), new blocking.Ledger('z'), new Own('o')]
    for (const one of [...made, blocking.ledger('x').page(1)]) {
      assert.ok(held(one as AsyncDisposable) instanceof blocking.Ledger)
      assert.ok(one instanceof blocking.Register)
    }
  }),
  defineCase('so it is where a module exports the class that exports it again', ({ executor, module }) => {
    const source = 'export class Deed { static of() { return new Deed() } [Symbol.dispose]() {} }'
    const one = executor.importSync(module('deed.mjs', source)) as Loose
    assert.ok(one.Deed.of() instanceof one.Deed)
    const again = executor.importSync(module('deeds.mjs', "export { Deed } from './deed.mjs'")) as Loose
    assert.ok(again.Deed.of() instanceof again.Deed)
  }),
  defineCase('exported objects are called, and constants read, blocking', ({ blocking }) => {
    assert.equal(blocking.api.users.count(), 3)
    assert.equal(blocking.api.greet('you'), 'hello you')
    assert.equal(new blocking.api.Circle(2).area(), 12)
    assert.equal(blocking.sharedCircle.area(), 12)
    assert.equal(read(blocking, 'VERSION').runSync(), '1.2.3')
  }),
  defineCase('an eager module has what it exports, and nothing else', ({ executor, module }) => {
    const eager = executor.importSync<typeof tasks>(tasksUrl, { eager: true })
    assert.equal(eager.VERSION, '1.2.3')
    assert.deepEqual(eager.LIMITS, { most: 3, names: ['a', 'b'] })
    assert.equal(eager.api.version, '9')
    assert.equal(eager.api.users.count(), 3)
    assert.equal(eager.sharedCircle.area(), 12)
    assert.equal(eager.echo(1), 1)
    const throwing = executor.importSync(
      module('throwing.mjs', "export const api = { version: '1', get bad() { throw new RangeError('x') } }"),
      { eager: true }
    ) as { api: { version: string } }
    assert.equal(throwing.api.version, '1')
    assert.ok(Object.keys(eager).includes('echo'))
    assert.ok('VERSION' in eager)
    assert.ok(!('missing' in eager))
    const spied = eager as { echo: unknown }
    spied.echo = () => 'spied on'
    assert.equal((spied.echo as () => string)(), 'spied on')
  })
]

/** The same for asynchronous functions, which not every executor can be blocked on. */
export const blockingAndAsyncOfAll: readonly ConformanceCase[] = [
  defineCase('what a promise gives of objects is instances of their classes', ({ blocking }) => {
    const { list, by, all, circle } = blocking.ledgers()
    assert.ok(list[0] instanceof blocking.Ledger)
    assert.equal(by.get('one'), list[0])
    assert.deepEqual([...all], [list[0]])
    assert.equal(list[1]?.read('a'), 'two: a')
    assert.deepEqual(circle, { radius: 1 })
    assert.ok(blocking.Ledger.openLater('x') instanceof blocking.Ledger)
  }),
  defineCase(
    'asynchronous functions in exported objects are called blocking, and awaited',
    async ({ blocking }) => {
      assert.deepEqual(blocking.api.users.list(2), [0, 1])
      assert.deepEqual(await blocking.api.users.list.async(1), [0])
    }
  ),
  defineCase('a class whose instances are kept by name is one of importSync', ({ executor }) => {
    const kept = executor.importSync<typeof tasks, 'Circle'>(tasksUrl, { keep: ['Circle'] })
    const circle = kept.circle(1)
    assert.ok(circle instanceof kept.Circle)
    assert.equal(circle.twice().area(), 12)
    assert.ok(circle.others().list[0] instanceof kept.Circle)
  })
]
