import { loop } from '@bridge/pool'
import { describe, expect, it } from 'vitest'
import { rejection, runScript, TASKS, type Tasks, thrown } from './helpers.js'

const blocking = loop.importSync<Tasks>(TASKS)
const tasks = loop.import<Tasks>(TASKS)

describe('loop', () => {
  it('blocks on an asynchronous function of an imported module', () => {
    expect(blocking.addLater(1, 2)).toBe(3)
  })

  it('keeps state between calls', () => {
    const first = blocking.count()
    expect(blocking.count()).toBe(first + 1)
  })

  it('is one thread for all callers, awaited or blocking', async () => {
    expect(await tasks.thread()).toBe(blocking.thread())
    expect(loop.stats().threads).toBe(1)
  })

  it('gives generators of both kinds as plain iterators', () => {
    expect([...blocking.numbers(3)]).toEqual([0, 1, 2])
    expect([...blocking.numbersLater(3)]).toEqual([0, 1, 2])
  })

  it('serves blocking calls while awaited ones are pending', async () => {
    const gate = tasks.gate().start()
    blocking.open('open')
    expect(await gate).toBe('open')
  })

  it('throws errors whole', () => {
    expect(thrown(() => blocking.overQuota())).toMatchObject({ name: 'QuotaError', limit: 10 })
  })

  it('works again after its thread has ended', async () => {
    const before = blocking.thread()
    expect(thrown(() => blocking.exit(1))).toMatchObject({ code: 'BRIDGE_WORKER_LOST' })
    expect(blocking.thread()).not.toBe(before)
    expect(await rejection(tasks.exit(1))).toMatchObject({ code: 'BRIDGE_WORKER_LOST' })
    expect(await tasks.add(1, 2)).toBe(3)
  })

  it('lets the process end by itself, and the worker print', async () => {
    const script = `
      import { loop } from '@bridge/pool'
      const { logs, add } = loop.importSync(${JSON.stringify(TASKS.href)})
      logs('from the worker')
      console.log(add(1, 2))
    `
    const { code, stdout, stderr } = await runScript(script)
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(stdout.split('\n').sort()).toEqual(['', '3', 'from the worker'])
  })
})
