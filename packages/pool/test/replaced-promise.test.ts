import { createPool } from '@bridge/pool'
import { describe, expect, it, onTestFinished } from 'vitest'
import { runScript } from './helpers.js'

type Replacing = typeof import('./fixtures/replaces-promise.mjs')

const url = new URL('./fixtures/replaces-promise.mjs', import.meta.url)

describe('a module of tasks that replaces Promise on its thread', () => {
  it('affects no later call, stream, object or callback of a pool', async () => {
    const pool = createPool({ maxThreads: 1 })
    onTestFinished(() => pool.close({ drain: false }))
    const tasks = pool.import<Replacing>(url)
    for (const n of [1, 2, 3]) expect(await tasks.add(n, 1)).toBe(n + 1)
    expect(tasks.add(1, 2).runSync()).toBe(3)
    const items: number[] = []
    for await (const item of tasks.upTo(3)) items.push(item)
    expect(items).toEqual([1, 2, 3])
    await using counter = new tasks.Counter()
    expect([await counter.add(), await counter.add()]).toEqual([1, 2])
    expect(await tasks.callsBack(async (n: number) => n + 1)).toBe(2)
    expect(await tasks.callsBackBlocking((n: number) => n + 1)).toBe(3)
  })

  it.each(['connection', 'synckit'])('affects no later call of the loop, by its %s', async way => {
    const { stdout, stderr } = await runScript(`
      if ('${way}' === 'synckit') process.env.BRIDGE_LOOP = 'synckit'
      const { loop } = await import('@bridge/pool')
      const tasks = loop.importSync(new URL('${url}'))
      console.log(tasks.add(1, 2), tasks.add(2, 2), [...tasks.upTo(2)].join())
    `)
    expect([stdout, stderr]).toEqual(['3 4 1,2\n', ''])
  })
})
