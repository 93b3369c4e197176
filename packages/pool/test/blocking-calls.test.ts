import { describe, expect, it } from 'vitest'
import { pooled, TASKS, thrown } from './helpers.js'

describe('blocking calls', () => {
  it('give what a synchronous and an async function return', () => {
    const { tasks } = pooled()
    expect(tasks.add(1, 2).runSync()).toBe(3)
    expect(tasks.addLater(1, 2).runSync()).toBe(3)
    expect(tasks.addPromised(1, 2).runSync()).toBe(3)
  })

  it('give each of ten thousand back-to-back calls its own answer', () => {
    const { tasks } = pooled({ maxThreads: 1 })
    for (let n = 0; n < 10_000; n++) {
      const answer = tasks.add(n, 1).runSync()
      if (answer !== n + 1) expect(answer).toBe(n + 1)
    }
    expect(tasks.add(1, 1).runSync()).toBe(2)
  })

  it('run on the same worker beside awaited calls, whose answers still come', async () => {
    const { tasks } = pooled({ maxThreads: 1, concurrencyPerThread: 8 })
    const gate = tasks.gate().start()
    expect(tasks.add(1, 2).runSync()).toBe(3)
    tasks.open('awaited').runSync()
    expect(await gate).toBe('awaited')
  })

  it('let queued calls start while they block', () => {
    const { tasks } = pooled({ maxThreads: 1 })
    const first = tasks.count().start()
    const second = tasks.count().start()
    expect(tasks.count().runSync()).toBe(3)
    expect([first.waitSync(), second.waitSync()]).toEqual([1, 2])
  })

  it('throw the error whole', () => {
    const error = thrown(() => pooled().tasks.failLater().runSync())
    expect(error).toBeInstanceOf(RangeError)
    expect(error.cause).toBeInstanceOf(TypeError)
  })

  it('give a hundred futures in about the time of one', () => {
    const { tasks } = pooled({ maxThreads: 1, concurrencyPerThread: 100 })
    const futures = Array.from({ length: 100 }, (_, n) => tasks.addLater(n, 1).start())
    expect(futures.map(future => future.waitSync())).toEqual(Array.from({ length: 100 }, (_, n) => n + 1))
  })

  it('stop waiting after waitSync(timeout), and cancel nothing by that', () => {
    const { tasks } = pooled({ maxThreads: 1, concurrencyPerThread: 2 })
    const gate = tasks.gate().start()
    const error = thrown(() => gate.waitSync(5))
    expect(error).toMatchObject({ code: 'BRIDGE_TIMEOUT', timeout: 5 })
    expect(error.message).toContain('gate()')
    tasks.open('still there').runSync()
    expect(gate.waitSync()).toBe('still there')
  })

  it('run from start() on, though the caller neither waits for them nor returns to its event loop', async () => {
    const { tasks } = pooled({ maxThreads: 1 })
    const word = new Int32Array(new SharedArrayBuffer(4))
    tasks.keepWord(word).runSync()
    await tasks.setWord()
    for (let n = 0; n < 20; n++) {
      Atomics.store(word, 0, 0)
      const told = tasks.setWord().start()
      expect(Atomics.wait(word, 0, 0, 10_000)).not.toBe('timed-out')
      await told
    }
  })

  it("show the caller's frames below the worker's in the stack, and none of bridge between", () => {
    const { tasks } = pooled()
    function callerOfOverQuota(): void {
      tasks.overQuota().runSync()
    }
    const frames = (thrown(callerOfOverQuota).stack ?? '').split('\n').slice(1)
    expect(frames[0]).toMatch(/at overQuota .*tasks\.mjs/)
    expect(frames[1]).toMatch(/at callerOfOverQuota /)
    expect(frames.join('\n')).not.toMatch(/packages\/(core|pool|iter)\/dist/)
  })

  it('are plain functions through importSync', () => {
    const { pool } = pooled()
    const tasks = pool.importSync<{ addLater(a: number, b: number): Promise<number>; count(): number }>(TASKS)
    expect(tasks.addLater(1, 2)).toBe(3)
    expect([tasks.count(), tasks.count()]).toEqual([1, 2])
  })
})
