import { setTimeout as delay } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { type Contestant, freshId, type Role, WrongAnswer } from '../harness/contestant.js'
import { Stopwatch } from '../harness/stopwatch.js'
import type { Library } from '../harness/work.js'
import { bridgePool, comlink, piscina, tinypool, workerpool } from '../libraries/awaited.js'
import { bridgeLoop, bridgePoolSync, makeSynchronous, synckit } from '../libraries/blocking.js'
import { atMost, type Row } from './row.js'

const bareCode = `
  const { parentPort } = require('node:worker_threads')
  parentPort.on('message', n => parentPort.postMessage(n + 1))
`

/** The minimum for starting a thread: CommonJS, no imports, one message and its answer. */
const bareWorker = once('bare Worker', 'limit', async () => {
  const worker = new Worker(bareCode, { eval: true })
  const id = freshId()
  const answer = await new Promise(resolve => {
    worker.once('message', resolve)
    worker.postMessage(id)
  })
  if (answer !== id + 1) throw new WrongAnswer('the first call got an answer that is not its own')
})

/** Milliseconds from the process start, including the import, to the first result. */
function firstCall(library: Library<unknown>): Contestant {
  return once(library.name, library.role, async () => {
    const { call } = await library.open('noop')
    const id = freshId()
    const answer = await (call as (n: number) => unknown)(id)
    if (answer !== id + 1) throw new WrongAnswer('the first call got an answer that is not its own')
  })
}

function once(name: string, role: Role, act: () => Promise<unknown>): Contestant {
  return {
    name,
    role,
    setup: () => undefined,
    async run() {
      const watch = new Stopwatch()
      await act()
      return watch.perCall(1, 'ms')
    },
    teardown: () => undefined
  }
}

const IDLE_WORKERS = 4
const SETTLING = 200

/** Megabytes of resident memory for each idle worker, without the library's own import. */
function idleWorkers(name: string, role: Role, load: () => Promise<() => Promise<unknown>>): Contestant {
  return {
    name,
    role,
    setup: () => undefined,
    async run() {
      const start = await load()
      const before = process.memoryUsage.rss()
      await start()
      await delay(SETTLING)
      return (process.memoryUsage.rss() - before) / IDLE_WORKERS / 2 ** 20
    },
    teardown: () => undefined
  }
}

const threads = { minThreads: IDLE_WORKERS, maxThreads: IDLE_WORKERS }

const memory: readonly (() => Contestant)[] = [
  () =>
    idleWorkers('bridge pool', 'ours', async () => {
      const { createPool } = await import('@bridge/pool')
      const { workerUrl } = await import('../libraries/url.js')
      const { noop } = createPool(threads).import<typeof import('../workers/tasks.js')>(workerUrl('tasks'))
      return () => Promise.all(Array.from({ length: IDLE_WORKERS }, () => noop(freshId())))
    }),
  () =>
    idleWorkers('piscina', 'peer', async () => {
      const { Piscina } = await import('piscina')
      const { workerPath } = await import('../libraries/url.js')
      return async () => {
        const pool = new Piscina({ ...threads, filename: workerPath('tasks'), name: 'noop' })
        await Promise.all(Array.from({ length: IDLE_WORKERS }, () => pool.run(freshId())))
      }
    }),
  () =>
    idleWorkers('bare Worker', 'limit', async () => () => {
      const workers = Array.from({ length: IDLE_WORKERS }, () => new Worker(bareCode, { eval: true }))
      return Promise.all(workers.map(worker => new Promise(resolve => worker.once('online', resolve))))
    })
]

const common = { unit: 'ms', placement: 'unpinned', how: 'processes', calls: 1 } as const

export const coldRows: readonly Row[] = [
  {
    ...common,
    id: 'cold-offload',
    title: 'first offload in a fresh process, import included',
    goals: [
      atMost(1.5, 'bare Worker'),
      atMost(0.95, ...[piscina('async'), tinypool, workerpool, comlink].map(({ name }) => name))
    ],
    contestants: () => [
      firstCall(bridgePool),
      bareWorker,
      ...[piscina('async'), tinypool, workerpool, comlink].map(firstCall)
    ]
  },
  {
    ...common,
    id: 'cold-block',
    title: 'first blocking call in a fresh process, import included',
    ours: 'bridge loop',
    goals: [atMost(0.7, 'synckit'), atMost(1.2, 'make-synchronous')],
    contestants: () => [bridgeLoop, bridgePoolSync, synckit, makeSynchronous].map(firstCall)
  },
  {
    ...common,
    id: 'cold-import',
    title: 'import alone',
    isFullOnly: true,
    goals: [],
    contestants: () => [
      once('@bridge/pool', 'ours', () => import('@bridge/pool')),
      once('@bridge/core', 'ours', () => import('@bridge/core')),
      once('synckit', 'peer', () => import('synckit')),
      once('make-synchronous', 'peer', () => import('make-synchronous')),
      once('piscina', 'peer', () => import('piscina')),
      once('tinypool', 'peer', () => import('tinypool')),
      once('workerpool', 'peer', () => import('workerpool')),
      once('comlink', 'peer', () => import('comlink'))
    ]
  },
  {
    ...common,
    id: 'memory',
    title: 'resident memory of an idle worker',
    unit: 'MB',
    goals: [atMost(1.1, 'bare Worker')],
    contestants: () => memory.map(make => make())
  }
]
