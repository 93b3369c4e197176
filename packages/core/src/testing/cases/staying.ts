import assert from 'node:assert/strict'
import { InvalidArgumentError, TaskNotFoundError } from '../../errors/errors.js'
import { read } from '../../object/properties.js'
import { type ConformanceCase, defineCase, tasksUrl, thrownBy } from '../bench.js'
import type * as tasks from '../tasks.js'

/** A module whose members are not typed. */
// biome-ignore lint/suspicious/noExplicitAny: what it has is what the cases find out
type Loose = any

/** Objects that stay where they are because of their class, wherever they come from. */
export const staying: readonly ConformanceCase[] = [
  defineCase(
    'an object that can be disposed stays where it is, and is returned as a remote object',
    async bench => {
      const ledger = bench.held(await bench.tasks.ledger('x'))
      assert.equal(await ledger.read('a'), 'x: a')
      assert.equal(await bench.held(await bench.tasks.Ledger.openLater('y')).readLater('b'), 'y: b')
      assert.equal(await bench.tasks.sameLedger(ledger, ledger), true)
      assert.equal(await bench.tasks.echo(ledger), ledger)
    }
  ),
  defineCase('so it does at any depth, and one that stands in two places is one', async ({ tasks }) => {
    const { list, by, all, circle } = await tasks.ledgers()
    const [one, two] = list
    assert.equal(await one?.read('a'), 'one: a')
    assert.equal(await two?.read('a'), 'two: a')
    assert.equal(by.get('one'), one)
    assert.deepEqual([...all], [one])
    assert.deepEqual({ ...circle }, { radius: 1 })
  }),
  defineCase('so it does in an instance that is copied', async ({ tasks }) => {
    const { ledger } = await tasks.shelf('x')
    assert.equal(await ledger.read('a'), 'x: a')
  }),
  defineCase('so it does out of methods and properties of an object that stays', async ({ tasks, held }) => {
    const ledger = held(await tasks.ledger('x'))
    assert.equal(await (await ledger.page(4)).turned(), 5)
    const { list, by } = await ledger.pages()
    assert.equal(await list[1]?.read('a'), 'x/2: a')
    assert.equal(await by.get('three')?.turned(), 4)
    const first = (await read(ledger, 'first')) as unknown as (typeof list)[number]
    assert.equal(await first.turned(), 2)
  }),
  defineCase('so do the items of a stream, and what it returns', async ({ tasks, held }) => {
    const names: string[] = []
    for await (const item of tasks.everyLedger(3)) {
      names.push(await ('inner' in item ? item.inner : item).read(''))
    }
    for await (const item of tasks.everyLedgerLater(2)) names.push(await item.read('later'))
    const pages = held(await tasks.ledger('x'))
      .all()
      [Symbol.asyncIterator]()
    let step = await pages.next()
    for (; step.done !== true; step = await pages.next()) names.push(await step.value.read(''))
    names.push(await step.value.read('returned'))
    assert.deepEqual(names, ['0: ', '1: ', '2: ', '0: later', '1: later', 'x/1: ', 'x/2: ', 'x/3: returned'])
  }),
  defineCase(
    'an object of a class that is named by its import stays, and other instances are copied',
    async bench => {
      const kept = bench.executor.import<typeof tasks, 'Circle'>(tasksUrl, { keep: ['Circle'] })
      const circle = await kept.circle(3)
      assert.equal(await circle.area(), 27)
      assert.equal(await (await circle.twice()).area(), 108)
      assert.equal(await (await circle.others()).list[0]?.area(), 108)
      assert.deepEqual({ ...(await bench.tasks.circle(3)) }, { radius: 3 })
      const all = bench.executor.import<typeof tasks, true>(tasksUrl, { keep: true })
      assert.equal(await (await all.circle(1)).area(), 3)
    }
  ),
  defineCase(
    'an import that keeps a class that is not exported is refused, with the names of those that are',
    async ({ executor }) => {
      const wrong = executor.import<typeof tasks, 'Cirle'>(tasksUrl, { keep: ['Cirle'] })
      const circle = new wrong.Circle(1)
      const used = await thrownBy(() => circle.area())
      assert.match(String(used), /TaskNotFoundError.*'Cirle'/)
      const error = await thrownBy(() => wrong.circle(1))
      assert.ok(error instanceof TaskNotFoundError, String(error))
      assert.match(error.message, /'Cirle'.*Circle/)
    }
  ),
  defineCase('a remote object is no data: JSON.stringify says what to do', async ({ tasks, held }) => {
    const ledger = held(await tasks.ledger('x'))
    assert.throws(() => JSON.stringify({ ledger }), InvalidArgumentError)
    assert.throws(() => JSON.stringify({ ledger }), /await its methods/)
  }),
  defineCase('an error is an instance of the remote class, without being registered', async ({ tasks }) => {
    const error = (await thrownBy(() => tasks.overQuota(5))) as Error & { limit: number }
    assert.ok(error instanceof tasks.HardQuotaError)
    assert.ok(error instanceof tasks.QuotaError)
    assert.ok(error instanceof Error)
    assert.ok(!(error instanceof tasks.Circle))
    assert.equal(error.limit, 5)
    assert.ok(!(new Error('another') instanceof tasks.QuotaError))
  })
]

/** Exports of a module other than functions and classes. */
export const exported: readonly ConformanceCase[] = [
  defineCase(
    'the functions and classes in an exported object are called by their names',
    async ({ tasks }) => {
      assert.deepEqual(await tasks.api.users.list(2), [0, 1])
      assert.equal(await tasks.api.users.count(), 3)
      assert.equal(await tasks.api.greet('you'), 'hello you')
      assert.equal(await new tasks.api.Circle(2).area(), 12)
      assert.equal(await tasks.sharedCircle.area(), 12)
    }
  ),
  defineCase('the constants of a module and of an exported object are read', async ({ tasks }) => {
    assert.equal(await read(tasks, 'VERSION'), '1.2.3')
    assert.deepEqual(await read(tasks, 'LIMITS'), { most: 3, names: ['a', 'b'] })
    assert.equal(await read(tasks.api, 'version'), '9')
  }),
  defineCase(
    'default exports are called: an object, an instance, a namespace, what CommonJS exports',
    async bench => {
      const run = (name: string, source: string): Loose => bench.executor.import(bench.module(name, source))
      const plain = run(
        'plain.mjs',
        "export default { hello: who => 'hello ' + who, deep: { one: () => 1 } }"
      )
      assert.equal(await plain.default.hello('you'), 'hello you')
      assert.equal(await plain.default.deep.one(), 1)
      const source = 'class P { #n = 4; four() { return this.#n } }'
      assert.equal(await run('instance.mjs', `${source}\nexport default new P()`).default.four(), 4)
      bench.module('inner.mjs', 'export const two = () => 2\nexport class C { three() { return 3 } }')
      const outer = run('outer.mjs', "export * as ns from './inner.mjs'")
      assert.equal(await outer.ns.two(), 2)
      assert.equal(await new outer.ns.C().three(), 3)
      assert.equal(await run('instance.cjs', `${source}\nmodule.exports = new P()`).four(), 4)
      assert.equal(await run('own.cjs', 'module.exports = { a: () => 1 }; module.exports.b = () => 2').b(), 2)
      const compiled =
        "Object.defineProperty(exports, '__esModule', { value: true })\nexports.default = n => n + 1"
      assert.equal(await run('compiled.cjs', compiled).default(1), 2)
      const members =
        "Object.defineProperty(exports, '__esModule', { value: true })\n" +
        'exports.default = class D { static one() { return 1 } }\nexports.Other = class { static two() { return 2 } }'
      assert.equal(await run('statics.cjs', members).default.one(), 1)
    }
  ),
  defineCase('what is called and is no function says what it is, and what to call', async ({ tasks }) => {
    const wrong = tasks as unknown as Loose
    const messages: [() => unknown, RegExp][] = [
      [() => wrong.api(), /'api'.*an object.*as in api\.greet\(\)/],
      [() => wrong.VERSION(), /'VERSION'.*a string; read it by read\(module, 'VERSION'\)/],
      [() => wrong.api.users.missing(), /api\.users\.missing.*list/],
      [() => wrong.api.version(), /api\.version.*read it by read/],
      [() => wrong.nothing.at(), /no function 'nothing'/],
      [() => read(wrong, 'nothing' as never), /'nothing'/]
    ]
    for (const [act, message] of messages) {
      const error = await thrownBy(act)
      assert.ok(error instanceof TaskNotFoundError, String(error))
      assert.match(error.message, message)
    }
  }),
  defineCase('a module that exports a function then is no promise', async ({ executor, module }) => {
    const thenable = executor.import(
      module('then.mjs', 'export const one = () => 1\nexport function then(call) { call(5) }')
    )
    assert.equal(await (async () => thenable)(), thenable)
    assert.equal(await (thenable as Loose).one(), 1)
  })
]
