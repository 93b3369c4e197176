import { Worker } from 'node:worker_threads'
import type { Library } from '../harness/work.js'
import type * as tasks from '../workers/tasks.js'
import type { TaskName } from '../workers/tasks.js'
import { workerPath, workerUrl } from './url.js'

/*
 * Every library runs the same task module on two threads that stay alive. Libraries are imported when they are opened, so that
 * a process loads only those that it measures.
 */

type Awaited = Library<Promise<unknown>>
type Run = (input: never) => Promise<unknown>

export const bridgePool: Awaited = {
  name: 'bridge pool',
  role: 'ours',
  async open(task) {
    const { createPool } = await import('@bridge/pool')
    const pool = createPool({ minThreads: 2, maxThreads: 2 })
    const run = pool.import<typeof tasks>(workerUrl('tasks'))[task] as Run
    return { call: run, close: () => pool.close() }
  }
}

type Atomics = 'sync' | 'async' | 'disabled'

/** piscina in one of its three ways of waking a worker; `deep` is the number of concurrent calls of a worker. */
export function piscina(atomics: Atomics, deep = 1): Awaited {
  return {
    name: `piscina, atomics ${atomics}${deep > 1 ? `, ${deep} per worker` : ''}`,
    role: 'peer',
    async open(task) {
      const { FixedQueue, Piscina } = await import('piscina')
      const pool = new Piscina({
        filename: workerPath('tasks'),
        name: task,
        minThreads: 2,
        maxThreads: 2,
        atomics,
        concurrentTasksPerWorker: deep,
        taskQueue: new FixedQueue()
      })
      return { call: input => pool.run(input), close: () => pool.destroy() }
    }
  }
}

/** The settings of piscina that may be its best: a goal is measured against the fastest of them in the run. */
export const piscinas: readonly Awaited[] = [piscina('sync'), piscina('async'), piscina('disabled')]

/** For tasks that do not wait, piscina advises against many per worker; it is measured where it helps. */
export const deepPiscina: Awaited = piscina('async', 32)

export const tinypool: Awaited = {
  name: 'tinypool',
  role: 'peer',
  async open(task) {
    const { Tinypool } = await import('tinypool')
    const pool = new Tinypool({
      filename: workerPath('tasks'),
      name: task,
      minThreads: 2,
      maxThreads: 2,
      isolateWorkers: false
    })
    return { call: input => pool.run(input), close: () => pool.destroy() }
  }
}

export const workerpool: Awaited = {
  name: 'workerpool',
  role: 'peer',
  async open(task) {
    const { default: library } = await import('workerpool')
    const pool = library.pool(workerPath('workerpool'), {
      minWorkers: 2,
      maxWorkers: 2,
      workerType: 'thread'
    })
    return {
      call: input => pool.exec(task, [input]) as unknown as Promise<unknown>,
      close: async () => {
        await pool.terminate(true)
      }
    }
  }
}

/** comlink uses one worker; two of them take turns. */
export const comlink: Awaited = {
  name: 'comlink',
  role: 'peer',
  async open(task) {
    const { wrap } = await import('comlink')
    const { default: nodeEndpoint } = await import('comlink/dist/esm/node-adapter.mjs')
    const workers = [0, 1].map(() => new Worker(workerUrl('comlink')))
    const remotes = workers.map(worker => wrap(nodeEndpoint(worker)) as unknown as Record<TaskName, Run>)
    let sent = 0
    return {
      call: input => (remotes[sent++ % 2] as Record<TaskName, Run>)[task](input),
      close: async () => {
        await Promise.all(workers.map(worker => worker.terminate()))
      }
    }
  }
}

export const otherPools: readonly Awaited[] = [tinypool, workerpool, comlink]
