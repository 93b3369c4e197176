import { notify } from '@bridge/core'
import { createPool } from '@bridge/pool'
import { describe, expect, it, onTestFinished } from 'vitest'
import { callbackPool } from './callback-helpers.js'
import { rejection, runScript, thrown } from './helpers.js'

describe('a callback that notify() has marked', () => {
  it('returns immediately, and runs in order before the result of the task', async () => {
    const { tasks } = callbackPool()
    const seen: number[] = []
    const given = await tasks.report(
      2000,
      notify((n: number) => {
        seen.push(n)
      })
    )
    expect(given).toBe(undefined)
    expect(seen).toEqual(Array.from({ length: 2000 }, (_, n) => n + 1))
  })

  it('is run while its caller is blocked, too', () => {
    const { tasks } = callbackPool()
    let sum = 0
    tasks
      .report(
        1000,
        notify((n: number) => {
          sum += n
        })
      )
      .runSync()
    expect(sum).toBe(500_500)
  })

  it('ends the call that it was passed to when it throws, awaited and blocking', async () => {
    const { tasks } = callbackPool()
    const failing = notify((n: number) => {
      if (n === 5) throw new RangeError('five')
    })
    expect(await rejection(tasks.report(10, failing))).toMatchObject({ message: 'five' })
    expect(thrown(() => tasks.report(10, failing).runSync())).toMatchObject({ message: 'five' })
    expect(await tasks.add(1, 2)).toBe(3)
  })

  it('ends it also when it is asynchronous', async () => {
    const { tasks } = callbackPool()
    const failing = notify(async () => {
      throw new RangeError('later')
    })
    expect(await rejection(tasks.untilAborted(failing))).toMatchObject({ message: 'later' })
  })

  it('ends the stream that it was passed to', async () => {
    const { tasks } = callbackPool()
    const failing = notify((n: number) => {
      if (n === 5) throw new RangeError('five')
    })
    const read = async () => {
      for await (const _ of tasks.eachOf(failing, 100_000));
    }
    expect(await rejection(read())).toMatchObject({ message: 'five' })
    expect(thrown(() => [...tasks.eachOf(failing, 100_000)])).toMatchObject({ message: 'five' })
  })

  it('ends a blocking call of an object that has kept it, and the task with it', async () => {
    const pool = createPool({ maxThreads: 1, killGrace: 50 })
    onTestFinished(() => pool.close({ drain: false }))
    const { Box } = pool.import<{
      Box: new () => { on(listener: (n: number) => void): void; count(limit: number): number }
    }>(new URL('./fixtures/nested-tasks.mjs', import.meta.url))
    const box = new Box()
    box.count(1).runSync()
    await box.on(
      notify((n: number) => {
        if (n === 5) throw new RangeError('five')
      })
    )
    expect(thrown(() => box.count(10).runSync())).toMatchObject({ message: 'five' })
    await pool.close()
    expect(pool.stats().running).toBe(0)
  })

  it('is an uncaught error when it throws long after its call', async () => {
    const { code, stderr } = await runScript(`
      import { notify } from '@bridge/core'
      import { createPool } from '@bridge/pool'
      const pool = createPool({ maxThreads: 1 })
      const { Bell } = pool.import(${JSON.stringify(new URL('./fixtures/late-notes.mjs', import.meta.url).href)})
      const bell = new Bell()
      await bell.ringSoon(notify(() => { throw new RangeError('long after') }))
      await new Promise(resolve => setTimeout(resolve, 5000))
    `)
    expect(code).toBe(1)
    expect(stderr).toContain('RangeError: long after')
  })

  it('delays a task that is 256 calls ahead of its caller', async () => {
    const { tasks } = callbackPool()
    const word = new Int32Array(new SharedArrayBuffer(8))
    const ahead = tasks.reportAhead(
      100_000,
      notify(() => {
        Atomics.add(word, 0, 1)
      }),
      word
    )
    const most = ahead.start()
    // Until the task is 200 ahead, this thread listens to nothing.
    expect(Atomics.wait(word, 1, 0, 10_000)).not.toBe('timed-out')
    expect(await most).toBeLessThanOrEqual(257)
    expect(await most).toBeGreaterThanOrEqual(200)
    expect(word[0]).toBe(100_000)
  })

  it('is an ordinary function here', () => {
    const double = notify((n: number) => n * 2)
    expect(double(2)).toBe(4)
    expect(thrown(() => notify(1 as never))).toMatchObject({ code: 'BRIDGE_INVALID_ARGUMENT' })
  })
})
