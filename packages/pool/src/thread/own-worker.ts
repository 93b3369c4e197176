import threadText from 'built:thread'
import watcherText from 'built:watcher'
import { Worker, type WorkerOptions } from 'node:worker_threads'
import type { StartData } from '../lane/wire.js'
import { ownFile } from './own-file.js'
import { started } from './started.js'

const TEXTS = { thread: threadText, watcher: watcherText }

/**
 * Starts a worker that runs a file of this package; where a bundle has taken the package in and left its files behind, the
 * worker is given the text of the file, which the bundle holds.
 *
 * @throws DeadlockError and WorkerLostError, as `started` does.
 */
export function ownWorker(name: 'thread' | 'watcher', options: WorkerOptions): Worker {
  const file = ownFile(`${name}.cjs`)
  return started(() =>
    file === undefined ? new Worker(TEXTS[name], { ...options, eval: true }) : new Worker(file, options)
  )
}

/** Starts one that serves a lane; it may throw what `ownWorker` does. */
export function ownThread(data: StartData, options: WorkerOptions): Worker {
  return ownWorker('thread', { ...options, workerData: data, transferList: [data.port, data.life] })
}
