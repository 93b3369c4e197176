import watcherText from 'built:watcher'
import workerText from 'built:worker'
import { Worker, type WorkerOptions } from 'node:worker_threads'
import type { StartData } from '../connection/wire.js'
import { ownFile } from './own-file.js'
import { started } from './started.js'

/** What a worker runs in a bundle. */
const textOf = (name: 'thread' | 'watcher'): string =>
  name === 'thread' ? `${workerText}\nmodule.exports.startThread()` : watcherText

/**
 * Starts a worker that runs a file of this package; if a bundle includes the package without its files, the worker gets
 * the text of the file, which the bundle contains.
 *
 * @throws DeadlockError and WorkerLostError, as `started` does.
 */
export function ownWorker(name: 'thread' | 'watcher', options: WorkerOptions): Worker {
  const file = ownFile(`${name}.cjs`)
  return started(() =>
    file === undefined ? new Worker(textOf(name), { ...options, eval: true }) : new Worker(file, options)
  )
}

/** Starts a worker that serves a connection; it may throw what `ownWorker` throws. */
export function ownThread(data: StartData, options: WorkerOptions): Worker {
  return ownWorker('thread', { ...options, workerData: data, transferList: [data.port, data.life] })
}
