import { WorkerLostError } from '@bridge/core'
import { expect, it } from 'vitest'
import { describeCluster, type Kind } from './cluster-bench.js'
import type { WorkerProcess } from './workers.js'

const CALLS = 10_000
const IN_FLIGHT = 64
const WORKERS = 3
const KILLS = 8

/** Many calls while workers are killed and started again. */
export function randomKillTests(kind: Kind, seed: number): void {
  describeCluster(kind, 'many calls', bench => {
    it(`settle once each while workers are killed and restarted: seed ${seed}`, async () => {
      const random = numbersOf(seed)
      const start = (): Promise<WorkerProcess> => bench().worker('--threads', '2')
      const workers = await Promise.all(Array.from({ length: WORKERS }, start))
      const tasks = bench().tasks()
      // A worker is killed after this many calls.
      const kills = Array.from({ length: KILLS }, () => Math.floor(random() * CALLS)).sort((a, b) => b - a)
      // One after the other, so that there is always a worker.
      let killing = Promise.resolve()
      const kill = async (): Promise<void> => {
        const [worker] = workers.splice(Math.floor(random() * workers.length), 1)
        await worker?.kill()
        workers.push(await start())
      }
      const settled = { values: 0, lost: 0 }
      let made = 0
      const caller = async (): Promise<void> => {
        while (made < CALLS) {
          const n = made++
          if (n >= (kills.at(-1) ?? CALLS)) {
            kills.pop()
            killing = killing.then(kill)
          }
          try {
            const call = n % 2 === 0 ? tasks.echo(n).with({ retries: 2 }) : tasks.echo(n)
            expect(await call).toBe(n)
            settled.values++
          } catch (error) {
            expect(error).toBeInstanceOf(WorkerLostError)
            settled.lost++
          }
        }
      }
      await Promise.all(Array.from({ length: IN_FLIGHT }, caller))
      await killing
      expect(settled.values + settled.lost).toBe(CALLS)
      // A kill loses at most the calls in flight.
      expect(settled.lost).toBeLessThanOrEqual(KILLS * IN_FLIGHT)
      expect(await tasks.echo('after them')).toBe('after them')
    })
  })
}

/** Numerical Recipes' linear congruential generator. */
function numbersOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
