import { describe, expect, it } from 'vitest'
import { runScript, TASKS } from './helpers.js'
import { OBJECTS } from './object-helpers.js'

const FORCED = "process.env.BRIDGE_LOOP = 'synckit'"
/** Functions of the same names as those of the tasks, that answer something else. */
const OTHER_TASKS = `data:text/javascript,${encodeURIComponent(
  'export const add = (a, b) => a + b + 100; export const addLater = async (a, b) => a + b + 100'
)}`
const NOT_TOLD = `
  import diagnostics from 'node:diagnostics_channel'
  const { subscribe } = diagnostics
  diagnostics.subscribe = (name, listener) => {
    if (name !== 'worker_threads') subscribe(name, listener)
  }
`

/** What a script prints that calls the loop without its connection, as JSON. */
async function printed(body: string, before = FORCED): Promise<unknown> {
  const { code, stdout, stderr } = await runScript(`
    ${before}
    const { loop } = await import('@bridge/pool')
    const blocking = loop.importSync(${JSON.stringify(TASKS.href)})
    const tasks = loop.import(${JSON.stringify(TASKS.href)})
    const failure = run => { try { run() } catch (error) { return error } }
    ${body}
  `)
  expect(stderr).toBe('')
  expect(code).toBe(0)
  return JSON.parse(stdout)
}

describe("loop by synckit's own way of calling", () => {
  it('works if this Node does not report the workers it starts', async () => {
    const body = `console.log(JSON.stringify([blocking.add(1, 2), blocking.addLater(3, 4), await tasks.add(5, 6)]))`
    expect(await printed(body, NOT_TOLD)).toEqual([3, 7, 11])
  })

  it('keeps state between calls, awaited or blocking', async () => {
    const body = `console.log(JSON.stringify([blocking.count(), await tasks.count(), blocking.count()]))`
    expect(await printed(body)).toEqual([1, 2, 3])
  })

  it('distinguishes a function from one that was called before it, and from one of the same name in another module', async () => {
    const body = `
      const elsewhere = loop.importSync(${JSON.stringify(OTHER_TASKS)})
      const calls = () => [blocking.add(1, 2), elsewhere.add(1, 2), blocking.addLater(3, 4), elsewhere.addLater(3, 4)]
      console.log(JSON.stringify([...calls(), ...calls()]))
    `
    expect(await printed(body)).toEqual([3, 103, 7, 107, 3, 103, 7, 107])
  })

  it('calls a function again whose first call threw, or could not be sent', async () => {
    const body = `
      const thrown = [1, 2].map(() => failure(() => blocking.overQuota()).limit)
      const unsent = failure(() => blocking.add(() => {}, 1)).code
      console.log(JSON.stringify([...thrown, unsent, blocking.add(1, 2), blocking.add(3, 4)]))
    `
    expect(await printed(body)).toEqual([10, 10, 'BRIDGE_NOT_CLONEABLE', 3, 7])
  })

  it('carries the context of each call of a function, and none into a call outside of it', async () => {
    const body = `
      const asUrl = code => 'data:text/javascript,' + encodeURIComponent(code)
      const { within } = await import(asUrl(
        "import { AsyncLocalStorage } from 'node:async_hooks';" +
        "import { addCarrier } from " + JSON.stringify(import.meta.resolve('@bridge/core')) + ";" +
        "const slot = globalThis.slot = new AsyncLocalStorage();" +
        "addCarrier({ name: 'slot', module: import.meta.url, capture: () => slot.getStore(), restore: (v, f) => slot.run(v, f) });" +
        "export const within = (value, act) => slot.run(value, act)"
      ))
      const { seen } = loop.importSync(asUrl("export const seen = () => globalThis.slot?.getStore() ?? 'nothing'"))
      console.log(JSON.stringify([seen(), within('a', seen), seen(), within('b', seen)]))
    `
    expect(await printed(body)).toEqual(['nothing', 'a', 'nothing', 'b'])
  })

  it('sends the names of functions again to the thread that replaces a lost one', async () => {
    const body = `
      const before = [blocking.add(1, 2), blocking.count()]
      failure(() => blocking.exit(3))
      console.log(JSON.stringify([...before, blocking.count(), blocking.add(1, 2), blocking.add(3, 4)]))
    `
    expect(await printed(body)).toEqual([3, 1, 1, 3, 7])
  })

  it('gives generators of both kinds as plain iterators, and runs their finally at a break', async () => {
    const body = `
      const all = [[...blocking.numbers(3)], [...blocking.numbersLater(3)]]
      const before = blocking.finallyCount()
      const first = []
      for (const n of blocking.numbersLater(1000)) { first.push(n); if (n === 2) break }
      console.log(JSON.stringify([...all, first, blocking.finallyCount() - before]))
    `
    expect(await printed(body)).toEqual([[0, 1, 2], [0, 1, 2], [0, 1, 2], 1])
  })

  it('closes a generator whose item rejects or can not be sent, and streams an instance', async () => {
    const module = `data:text/javascript,${encodeURIComponent(`
      const log = []
      function* items(item, end) {
        try { yield 1; yield item() } finally { log.push('finally'); if (end) throw new Error('end') }
      }
      class Naturals { *[Symbol.iterator]() { yield 1; yield 2 } }
      export const rejects = end => items(() => Promise.reject(new RangeError('item')), end)
      export const unsendable = () => items(() => new WeakMap())
      export const naturals = () => new Naturals()
      export const taken = () => log.splice(0)
    `)}`
    const body = `
      const there = loop.importSync(${JSON.stringify('MODULE')})
      const told = []
      for (const make of [() => there.rejects(false), () => there.rejects(true), () => there.unsendable()]) {
        const items = make()[Symbol.iterator]()
        items.next()
        const { code, message } = failure(() => items.next())
        told.push([code ?? message, there.taken(), items.next().done])
      }
      console.log(JSON.stringify([...told, [...there.naturals()]]))
    `.replace('MODULE', module)
    expect(await printed(body)).toEqual([
      ['item', ['finally'], true],
      ['item', ['finally'], true],
      ['BRIDGE_NOT_CLONEABLE', ['finally'], true],
      [1, 2]
    ])
  })

  it('throws errors whole, and after the items before them', async () => {
    const body = `
      const { name, limit } = failure(() => blocking.overQuota())
      const seen = []
      const after = failure(() => { for (const n of blocking.failAfter(2)) seen.push(n) })
      console.log(JSON.stringify([name, limit, seen.length, after instanceof Error]))
    `
    expect(await printed(body)).toEqual(['QuotaError', 10, 2, true])
  })

  it('names what can not be cloned, there and back', async () => {
    const body = `
      const there = failure(() => blocking.add(() => {}, 1))
      const back = failure(() => blocking.returnsFunction())
      console.log(JSON.stringify([there.code, there.message.includes('args[0]'), back.code]))
    `
    expect(await printed(body)).toEqual(['BRIDGE_NOT_CLONEABLE', true, 'BRIDGE_NOT_CLONEABLE'])
  })

  it('fails the call whose thread ends, and works again', async () => {
    const body = `
      const lost = failure(() => blocking.exit(3))
      console.log(JSON.stringify([lost.code, blocking.add(1, 2)]))
    `
    expect(await printed(body)).toEqual(['BRIDGE_WORKER_LOST', 3])
  })

  it('refuses objects, which need the connection, at the call', async () => {
    const body = `
      const objects = ${JSON.stringify(OBJECTS.href)}
      const refused = [
        failure(() => new (loop.import(objects).Thing)(1)),
        failure(() => new (loop.importSync(objects).Thing)(1)),
        failure(() => loop.import(objects).Thing.of(1))
      ]
      console.log(JSON.stringify([loop.keepsObjects, ...refused.map(({ code }) => code)]))
    `
    const refusal = 'BRIDGE_INVALID_ARGUMENT'
    for (const before of [FORCED, NOT_TOLD]) {
      expect(await printed(body, before)).toEqual([false, refusal, refusal, refusal])
    }
  })

  it('refuses the limits that it could not keep', async () => {
    const body = `
      const late = failure(() => tasks.add(1, 2).with({ timeout: 50 }).runSync())
      const aborted = failure(() => tasks.add(1, 2).with({ signal: AbortSignal.timeout(50) }).runSync())
      const lateItem = failure(() => tasks.add(1, 2).with({ itemTimeout: 50 }).runSync())
      console.log(JSON.stringify([late.code, aborted.code, lateItem.code]))
      await loop.close()
    `
    expect(await printed(body)).toEqual(Array(3).fill('BRIDGE_INVALID_ARGUMENT'))
  })

  it('fails a stream whose thread was closed, and gives it no items of a later one', async () => {
    const body = `
      const stream = await tasks.numbers(3)
      await loop.close()
      const other = await tasks.numbers(3)
      const error = failure(() => { for (const n of stream) throw n })
      console.log(JSON.stringify([error.code, [...other]]))`
    expect(await printed(body)).toEqual(['BRIDGE_WORKER_LOST', [0, 1, 2]])
  })

  it('never runs a call that was cancelled before its turn', async () => {
    const body = `
      const call = tasks.count().start()
      call.cancel(new Error('changed my mind'))
      const error = await call.catch(error => error)
      console.log(JSON.stringify([error.message, await tasks.count()]))`
    expect(await printed(body)).toEqual(['changed my mind', 1])
  })
})
