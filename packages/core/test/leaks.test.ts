import { expect, test } from 'vitest'
import { runSource } from './child.js'

const KINDS = {
  awaited: 'await add(1, 2)',
  'asynchronous and awaited': 'await later(1)',
  blocking: 'add(1, 2).runSync()',
  started: 'await add(1, 2).start()',
  'started and waited for': 'add(1, 2).start().waitSync()',
  'that are not consumed': 'add(1, 2)',
  failing: 'await fail().catch(() => {})',
  'replaced by with()': 'await add(1, 2).with({ timeout: 60_000 })',
  'with every limit': 'await later(1).with({ timeout: 60_000, runTimeout: 60_000, signal })',
  'blocking with every limit': 'add(1, 2).with({ timeout: 60_000, runTimeout: 60_000, signal }).runSync()',
  'in a scope': 'await runScope({ timeout: 60_000, signal }, () => add(1, 2).start())',
  cancelled: 'const f = later(1).start(); f.cancel("x"); await f.catch(() => {})',
  streaming: 'for await (const n of items()) n',
  'streaming and broken off': 'for await (const n of items().with({ timeout: 60_000, signal })) break',
  'streaming, each item in time': 'for await (const n of items().with({ itemTimeout: 60_000 })) n',
  'streaming and blocking': 'for (const n of items()) n',
  'streaming, blocking and broken off': 'for (const n of items().with({ timeout: 60_000, signal })) break',
  'of an imported module': 'await tasks.echo(1)',
  'of a module, blocking': 'blocking.echo(1)',
  'on objects that are dropped': 'await new tasks.Counter(1).add()',
  'on objects that are disposed of':
    'const one = new tasks.Counter(1); await one.add(); await one[Symbol.asyncDispose]()',
  'on plain objects': 'const one = new blocking.Counter(1); one.add(); one[Symbol.dispose]()'
}

/**
 * Enough that the memory of the engine itself, some hundred kilobytes more or less, is neither attributed to the calls nor
 * hides an object that each leaves.
 */
const CALLS = 20_000

const kinds = Object.entries(KINDS).map(([kind, call]) => ({ kind, call }))

test.each(kinds)(
  `${CALLS} calls leave heap, listeners, timers and handles as they were: $kind`,
  async ({ call }) => {
    const { code, stdout, stderr } = await runSource(`
      import { getEventListeners } from 'node:events'
      import v8 from 'node:v8'
      import vm from 'node:vm'
      import { bridge, inline, runScope } from '@bridge/core'
      v8.setFlagsFromString('--expose-gc')
      const gc = vm.runInNewContext('gc')
      const add = bridge((a, b) => a + b)
      const later = bridge(async n => n)
      const fail = bridge(() => { throw null })
      const items = bridge(function* () { yield 1; yield 2 })
      const tasksUrl = new URL(import.meta.resolve('@bridge/core/testing').replace('index', 'tasks'))
      const tasks = inline.import(tasksUrl)
      const blocking = inline.importSync(tasksUrl)
      const { signal } = new AbortController()
      // A weak table keeps the size that it once had, of all objects between two collections: calls on objects collect more often.
      const many = async times => { for (let n = 0; n < times; n++) { ${call}; if (n % 1000 === 0) { await new Promise(setImmediate); ${call.includes('Counter') ? 'gc()' : ''} } } }
      const isLoading = () => process.getActiveResourcesInfo().some(name => /^(FSReq|CloseReq)/.test(name))
      const settle = async () => { for (let n = 0; n < 3 || isLoading(); n++) { await new Promise(setImmediate); gc() } }
      const now = () => [process.memoryUsage().heapUsed, process.getActiveResourcesInfo().length, getEventListeners(signal, 'abort').length]
      await many(5000)
      await settle()
      const before = now()
      let left
      // Allocations of the engine itself level off; calls that leak do so in each round.
      for (let round = 1; round <= 4 && !(left?.[0] < ${5 * CALLS}); round++) {
        await many(${CALLS})
        await settle()
        const [heap, ...others] = now().map((value, index) => value - before[index])
        left = [heap / round, ...others]
      }
      console.log(JSON.stringify(left))`)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const [heap, handles, listeners] = JSON.parse(stdout) as [number, number, number]
    expect([handles, listeners]).toEqual([0, 0])
    // Not a byte for each call beyond five; a mere object would be some fifty.
    expect(heap).toBeLessThan(5 * CALLS)
  }
)
