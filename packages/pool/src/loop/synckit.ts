import diagnostics from 'node:diagnostics_channel'
import { createRequire } from 'node:module'
import type { Worker } from 'node:worker_threads'
import type * as synckit from 'synckit'
import type { StartData } from '../connection/wire.js'
import { inheritedExecArgv } from '../thread/exec-argv.js'
import { ownFile } from '../thread/own-file.js'
import { started } from '../thread/started.js'
import type { Reply, Request } from './synckit-wire.js'

/** Sends a request to the loop's thread, and blocks, as synckit does. */
export type Ask = (request?: StartData | Request) => boolean | Reply

/** A thread that synckit has started. */
export interface Started {
  readonly ask: Ask
  /** `undefined` if this runtime does not report the workers it starts. */
  readonly worker: Worker | undefined
}

/**
 * Starts the loop's thread through synckit, which supports the runners, loaders and Plug'n'Play set-ups of tools, and
 * reports a thread that fails to start even to a blocked caller. Synckit does not return the worker, so Node's report
 * of every new worker is used.
 */
export function startBySynckit({ file, startWorkerThread }: Synckit): Started {
  let worker: Worker | undefined
  const onWorker = (message: unknown): void => {
    worker = (message as { worker: Worker }).worker
  }
  diagnostics.subscribe('worker_threads', onWorker)
  try {
    const ask = started(() => startWorkerThread(file, { execArgv: inheritedExecArgv() })) as unknown as Ask
    return { ask, worker }
  } finally {
    diagnostics.unsubscribe('worker_threads', onWorker)
  }
}

/** Synckit, and the file that its thread runs. */
export type Synckit = Pick<typeof synckit, 'startWorkerThread'> & { readonly file: string }

/**
 * Synckit, if it is installed and our file for it exists; `undefined` in a bundle that includes this package, and if
 * `@bridge/pool/synckit` replaces synckit. Only called when the loop is used: loading it takes longer than loading the
 * rest of this package.
 */
export function findSynckit(): Synckit | undefined {
  const file = ownFile('loop.cjs')
  if (file === undefined) return undefined
  try {
    const { startWorkerThread } = createRequire(file)('synckit') as Partial<typeof synckit>
    // Our replacement of synckit starts no threads for others; the thread is then started as a pool's.
    return startWorkerThread === undefined ? undefined : { file, startWorkerThread }
  } catch {
    return undefined
  }
}
