import { InvalidArgumentError, inline } from '@bridge/core'
import { transfer } from '@bridge/pool'
import { describe, expect, it } from 'vitest'
import { user } from './fixtures/carried.mjs'
import { latch, pooled, runScript, TASKS } from './helpers.js'

const ORDER = new URL('./fixtures/order.mjs', import.meta.url)
type Order = typeof import('./fixtures/order.mjs')

/** One thread, so that the order in which calls run is the order in which they were sent. */
function ordered() {
  const { pool } = pooled({ maxThreads: 1 })
  return { pool, tasks: pool.import<Order>(ORDER) }
}

describe('a call that is consumed now', () => {
  it('is queued after the calls that were made before, however it is consumed', async () => {
    const { tasks } = ordered()
    tasks.push('a')
    expect(tasks.pushed().runSync()).toEqual(['a'])
    tasks.push('b')
    tasks.push('c').start()
    expect(tasks.push('d').start().waitSync()).toBe(4)
    tasks.push('e')
    expect([...tasks.pushedOneByOne()]).toEqual(['a', 'b', 'c', 'd', 'e'])
    const f = tasks.push('f')
    tasks.push('g').then(() => {})
    expect(await f).toBe(6)
    expect(await tasks.pushed()).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'])
  })

  it('is queued before the calls that were made after it', () => {
    const { tasks } = ordered()
    const first = tasks.push('first')
    tasks.push('second')
    expect(first.runSync()).toBe(1)
    expect(tasks.pushed().runSync()).toEqual(['first', 'second'])
  })

  it('is queued after them if plain functions block, too', () => {
    const { pool, tasks } = ordered()
    const blocking = pool.importSync<Order>(ORDER)
    tasks.push('a')
    expect(blocking.push('b')).toBe(2)
    expect(blocking.pushed()).toEqual(['a', 'b'])
  })

  it('waits for no unstarted call of lower priority that was made before', async () => {
    const { tasks } = ordered()
    tasks.push('warm').runSync()
    tasks.push('slow')
    const slower = tasks.push('slower').with({ priority: -1 })
    expect(tasks.push('urgent').with({ priority: 10 }).runSync()).toBe(2)
    expect(tasks.pushed().runSync()).toEqual(['warm', 'urgent', 'slow'])
    await slower
  })

  it('counts for maxQueue as if those before it had been sent already', async () => {
    const { pool, tasks } = pooled({ maxThreads: 2, maxQueue: 0 })
    await pool.warmUp()
    const first = tasks.addLater(1, 1)
    expect(tasks.addLater(2, 2).runSync()).toBe(4)
    expect(await first).toBe(2)
  })

  it('is queued after them on the loop, also without a connection', async () => {
    const body = `
      const { loop } = await import('@bridge/pool')
      const tasks = loop.import(${JSON.stringify(ORDER.href)})
      const a = tasks.push('a')
      const pushed = tasks.pushed().runSync()
      console.log(JSON.stringify([pushed, await a]))`
    for (const before of ['', "process.env.BRIDGE_LOOP = 'synckit'"]) {
      const { stdout, stderr } = await runScript(before + body)
      expect(stderr).toBe('')
      expect(JSON.parse(stdout)).toEqual([['a'], 1])
    }
  })
})

describe('close()', () => {
  it('lets the calls run that were made before it', async () => {
    const { pool, tasks } = ordered()
    const last = tasks.push('x')
    await pool.close()
    expect(await last).toBe(1)
  })

  it('lets them run on the loop, also without a connection', async () => {
    const body = `
      const { loop } = await import('@bridge/pool')
      const tasks = loop.import(${JSON.stringify(ORDER.href)})
      const last = tasks.push('x')
      await loop.close()
      console.log(JSON.stringify(await last))`
    for (const before of ['', "process.env.BRIDGE_LOOP = 'synckit'"]) {
      const { stdout, stderr } = await runScript(before + body)
      expect(stderr).toBe('')
      expect(JSON.parse(stdout)).toBe(1)
    }
  })
})

describe('with()', () => {
  it('of a queued call takes its position, with the new options', async () => {
    const { tasks } = ordered()
    tasks.push('warm').runSync()
    const { word, open } = latch()
    const holding = tasks.hold(word)
    const a = tasks.push('a')
    const b = tasks.push('b')
    await null
    const changed = a.with({ timeout: 60_000 })
    await expect(a).rejects.toThrow(InvalidArgumentError)
    open()
    await holding
    expect(await changed).toBe(2)
    expect(await b).toBe(3)
  })

  it('of the last call that was made gives its position to the new call', async () => {
    const { tasks } = ordered()
    tasks.push('a').start()
    tasks.push('b').with({ timeout: 60_000 })
    expect(tasks.pushed().runSync()).toEqual(['a', 'b'])
  })

  it('that sends a queued call to another executor gives it no position of the old queue, and transfers its transfer list', async () => {
    const { tasks } = ordered()
    const other = ordered()
    for (const value of ['1', '2', '3']) other.tasks.push(value).runSync()
    const { word, open } = latch()
    const holding = [tasks.hold(word), other.tasks.hold(word)]
    const buffer = new ArrayBuffer(8)
    const waiting = tasks.push(transfer(buffer, [buffer]))
    await null
    const changed = waiting.with({ priority: 0 })
    const before = other.tasks.push('before')
    await null
    const moved = changed.with({ executor: other.pool })
    open()
    await Promise.all(holding)
    expect(await before).toBe(4)
    expect(await moved).toBe(5)
    expect(buffer.byteLength).toBe(0)
  })

  it('that moves a call to this thread runs it in the context of its making', async () => {
    const { tasks } = ordered()
    const fresh = user.run('here', () => tasks.userName())
    expect(await user.run('elsewhere', () => fresh.with({ executor: inline }))).toBe('here')
    const { word, open } = latch()
    const holding = tasks.hold(word)
    const waiting = user.run('here', () => tasks.userName())
    await null
    expect(await user.run('elsewhere', () => waiting.with({ executor: inline }))).toBe('here')
    open()
    await holding
  })

  it('of a call that was sent is refused', async () => {
    const { tasks } = ordered()
    const call = tasks.push('a')
    await null
    expect(() => call.with({ timeout: 60_000 })).toThrow('started already')
    expect(await call).toBe(1)
  })
})

describe('the arguments of a call', () => {
  it('are read in the microtask after its making, when it is first sent', async () => {
    const { tasks } = ordered()
    const list = ['made']
    const call = tasks.push(list)
    list.push('changed before')
    await null
    list.push('changed after')
    await call
    expect(await tasks.pushed()).toEqual([['made', 'changed before']])
  })
})

describe('a loop of blocking calls in one go', () => {
  it('keeps none of its arguments and results', async () => {
    const { code, stdout, stderr } = await runScript(
      `
      import { createPool, loop } from '@bridge/pool'
      import { inline } from '@bridge/core'
      const kept = {}
      for (const executor of [createPool({ maxThreads: 1 }), loop, inline]) {
        const tasks = executor.import(${JSON.stringify(new URL('./fixtures/echo.mjs', import.meta.url).href)})
        const text = n => String(n).padEnd(20_000, 'x')
        const bytes = () => new Uint8Array(20_000)
        const rounds = times => { for (let n = 0; n < times; n++) { tasks.echo(text(n)).runSync(); tasks.echo(bytes()).runSync() } }
        rounds(50)
        gc(); gc()
        const used = () => { const { heapUsed, arrayBuffers, external } = process.memoryUsage(); return heapUsed + arrayBuffers + external }
        const before = used()
        rounds(1000)
        gc(); gc()
        kept[executor.name] = Math.round((used() - before) / 1e6)
        await executor.close()
      }
      console.log(JSON.stringify(kept))`,
      ['--expose-gc']
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    // All arguments and results would be 80 MB.
    for (const [name, megabytes] of Object.entries(JSON.parse(stdout) as Record<string, number>)) {
      expect(megabytes, name).toBeLessThan(8)
    }
  })
})

describe('a call that a scope ends', () => {
  it('does not end the process, nor the thread in which it was nested', async () => {
    const { code, stdout, stderr } = await runScript(`
      import { createPool } from '@bridge/pool'
      import { runScope } from '@bridge/core'
      const pool = createPool({ minThreads: 2, maxThreads: 2 })
      const tasks = pool.import(${JSON.stringify(TASKS.href)})
      await pool.warmUp()
      await Promise.all([tasks.spinAndAdd(20, 1), tasks.spinAndAdd(20, 1)])
      const outcome = await runScope({ timeout: 150 }, async () => {
        const a = tasks.waitForAbort(), b = tasks.waitForAbort()
        tasks.waitForAbort()
        return [await a, await b]
      }).catch(error => error.name)
      await new Promise(resolve => setTimeout(resolve, 300))
      const { ended } = pool.stats()
      console.log(JSON.stringify([outcome, ended.byCause]))
      await pool.close()`)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual(['CallTimeoutError', {}])
  })
})
