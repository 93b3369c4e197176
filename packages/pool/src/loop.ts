import diagnostics from 'node:diagnostics_channel'
import { fileURLToPath } from 'node:url'
import type { Worker } from 'node:worker_threads'
import { WorkerLostError } from '@bridge/core'
import { hideFrames } from '@bridge/core/executor'
import { startWorkerThread } from 'synckit'
import type { StartData } from './lane/wire.js'
import { inheritedExecArgv } from './thread/exec-argv.js'
import { ThreadExecutor } from './thread-executor.js'

hideFrames(import.meta.url)

/** Below every id that synckit counts its requests by, so that it passes over the answer to ours. */
const BEFORE_ALL_REQUESTS = -1

/**
 * Starts the loop's thread through synckit, which knows the runners, loaders and Plug'n'Play set-ups of tools, and
 * reports a thread that fails to start even to a caller that blocks; then hands our lane over.
 */
function startLoop(data: StartData, isBlocking: boolean): Worker {
  const file = fileURLToPath(new URL('./loop.cjs', import.meta.url))
  const { worker, ask } = catchWorker(() =>
    startWorkerThread<() => Promise<boolean>>(file, { execArgv: inheritedExecArgv() })
  )
  worker.postMessage({ id: BEFORE_ALL_REQUESTS, args: [data] }, [data.port, data.life])
  // Only a caller that blocks can't see the worker's events, and needs synckit's guard to tell.
  if (isBlocking && !ask()) {
    throw new WorkerLostError(
      'loop: the thread came up without its lane; does another synckit than 0.12 run in it?'
    )
  }
  return worker
}

/** What synckit starts is not handed out by it; Node tells of every worker at the moment it is made. */
function catchWorker(start: () => () => boolean): { worker: Worker; ask: () => boolean } {
  let worker: Worker | undefined
  const onWorker = (message: unknown): void => {
    worker = (message as { worker: Worker }).worker
  }
  diagnostics.subscribe('worker_threads', onWorker)
  try {
    const ask = start()
    if (worker === undefined)
      throw new WorkerLostError('loop: this Node does not tell of the workers it starts')
    return { worker, ask }
  } finally {
    diagnostics.unsubscribe('worker_threads', onWorker)
  }
}

/**
 * One background event-loop thread for everybody on this thread: the executor that gives asynchronous code a
 * synchronous face. State that a module keeps there, such as a connection, is kept between calls. It starts with
 * the first call, keeps no process alive, and starts again after a loss.
 *
 * @example
 * ```ts
 * const { fetchUser } = loop.importSync<typeof import('./tasks.js')>(new URL('./tasks.js', import.meta.url))
 * console.log(fetchUser(1).name) // fetchUser is async; this line is not
 * ```
 */
export const loop: ThreadExecutor = new ThreadExecutor({
  name: 'loop',
  minThreads: 1,
  maxThreads: 1,
  concurrencyPerThread: Infinity,
  maxQueue: Infinity,
  idleTimeout: Infinity,
  killGrace: 100,
  reopens: true,
  start: startLoop
})
