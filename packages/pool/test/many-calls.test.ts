import diagnostics from 'node:diagnostics_channel'
import type { Worker } from 'node:worker_threads'
import { loop } from '@bridge/pool'
import { describe, expect, it, onTestFinished } from 'vitest'
import { pooled, TASKS, type Tasks } from './helpers.js'

describe('very many calls', () => {
  it('blocking and awaited calls in between each get their own answer', async () => {
    const { pool, tasks } = pooled({ maxThreads: 2 })
    const { add } = pool.importSync<Tasks>(TASKS)
    const awaited: Promise<number>[] = []
    for (let n = 0; n < 20_000; n++) {
      awaited.push(tasks.addLater(n, 0.5))
      if (n % 3 === 0) expect(add(n, 0.25)).toBe(n + 0.25)
      if (n % 100 === 0) await awaited[n]
    }
    expect(await Promise.all(awaited)).toEqual(awaited.map((_, n) => n + 0.5))
  }, 60_000)

  it('of sizes up to more than the shared memory are all answered', async () => {
    const tasks = loop.import<Tasks>(TASKS)
    expect(await tasks.same('up')).toBe('up')
    for (const length of [1, 2, 3, 9, 500, 1023, 8000, 11_999, 12_000, 12_003, 32_000]) {
      const count = length < 1000 ? 3000 : 40
      const values = Array.from({ length: count }, (_, n) => `${n}`.padEnd(length, '.'))
      expect(await Promise.all(values.map(value => tasks.same(value)))).toEqual(values)
    }
  })

  it('that never pause let the event loop of their thread turn', async () => {
    const { tasks } = pooled({ maxThreads: 1, concurrencyPerThread: 100 })
    await tasks.countTurns()
    const before = await tasks.turnsSoFar()
    let isEnough = false
    const caller = async (): Promise<void> => {
      while (!isEnough) isEnough = (await tasks.turnsSoFar()) >= before + 20
    }
    await Promise.all(Array.from({ length: 50 }, caller))
    expect(isEnough).toBe(true)
  })

  it('10,000 awaited calls settle once each with their own answer or a lost thread, while threads are killed', async () => {
    const workers = new Set<Worker>()
    const onWorker = (message: unknown): void => {
      const { worker } = message as { worker: Worker }
      workers.add(worker)
      worker.once('exit', () => workers.delete(worker))
    }
    diagnostics.subscribe('worker_threads', onWorker)
    onTestFinished(() => {
      diagnostics.unsubscribe('worker_threads', onWorker)
    })
    const { pool, tasks } = pooled({ maxThreads: 4, minThreads: 4 })
    const counts = { answered: 0, lost: 0 }
    let killed = 0
    // One for each two hundred calls that have settled, however fast the machine starts another; the last are left alone.
    const kill = (): void => {
      const all = [...workers]
      const victim = all[Math.floor(Math.random() * all.length)]
      if (victim === undefined) return
      killed += 1
      void victim.terminate()
    }

    let next = 0
    const call = async (): Promise<void> => {
      while (next < 10_000) {
        const n = next++
        const settled = await tasks.spinAndAdd(0.4, n).then(
          value => ({ value }),
          (error: Error & { code?: string }) => ({ error })
        )
        if ('value' in settled) {
          expect(settled.value).toBe(n)
          counts.answered += 1
        } else {
          expect(settled.error.code).toBe('BRIDGE_WORKER_LOST')
          counts.lost += 1
        }
        const settledSoFar = counts.answered + counts.lost
        if (settledSoFar % 200 === 0 && settledSoFar < 9000) kill()
      }
    }
    await Promise.all(Array.from({ length: 50 }, call))

    expect(counts.answered + counts.lost).toBe(10_000)
    expect(killed).toBeGreaterThan(5)
    expect(counts.lost).toBeLessThan(counts.answered)
    await Promise.all([1, 2, 3, 4].map(() => tasks.spinAndAdd(5, 0)))
    expect(pool.stats()).toMatchObject({ threads: 4, queued: 0, running: 0 })
  }, 60_000)
})
