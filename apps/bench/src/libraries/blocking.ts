import type { Library } from '../harness/work.js'
import type * as tasks from '../workers/tasks.js'
import { workerPath, workerUrl } from './url.js'

type Blocking = Library<unknown>
type Run = (input: never) => unknown

export const bridgePoolSync: Blocking = {
  name: 'bridge pool',
  role: 'ours',
  async open(task) {
    const { createPool } = await import('@bridge/pool')
    const pool = createPool({ maxThreads: 1 })
    const run = pool.importSync<typeof tasks>(workerUrl('tasks'))[task] as Run
    return { call: run, close: () => pool.close() }
  }
}

export const bridgeLoop: Blocking = {
  name: 'bridge loop',
  role: 'ours',
  async open(task) {
    const { loop } = await import('@bridge/pool')
    const run = loop.importSync<typeof tasks>(workerUrl('tasks'))[task] as Run
    return { call: run, close: () => loop.close() }
  }
}

/** Simulates that the connection is unavailable: each row has its own process, so no other row is affected. */
export const bridgeLoopWithoutConnection: Blocking = {
  ...bridgeLoop,
  open(task) {
    process.env.BRIDGE_LOOP = 'synckit'
    return bridgeLoop.open(task)
  }
}

/** Its worker file has one function, as in its README. */
export const synckit: Blocking = {
  name: 'synckit',
  role: 'peer',
  async open(task) {
    const { createSyncFn } = await import('synckit')
    const run = createSyncFn(workerPath(`synckit/${task}`)) as Run
    return { call: run, close: () => undefined }
  }
}

/** It sends the function's source to its worker, so the function must not be a closure. */
export const makeSynchronous: Blocking = {
  name: 'make-synchronous',
  role: 'peer',
  async open(task) {
    const { default: library } = await import('make-synchronous')
    const call: Run =
      task === 'noop'
        ? library(async (n: number) => n + 1)
        : task === 'echo'
          ? library(async (value: unknown) => value)
          : library(async (file: string) => {
              const { readFile } = await import('node:fs/promises')
              return readFile(new URL(file), 'utf8')
            })
    return { call, close: () => undefined }
  }
}

/**
 * As in its README: one function, called repeatedly. It starts a worker for each call, so it makes only a few calls.
 */
export const syncThreads: Blocking = {
  name: 'sync-threads',
  role: 'peer',
  atMost: 3,
  async open() {
    const { default: library } = await import('sync-threads')
    const run = library.createSyncFn(workerPath('sync-threads')) as Run
    return { call: run, close: () => undefined }
  }
}
