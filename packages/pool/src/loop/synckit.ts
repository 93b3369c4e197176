import diagnostics from 'node:diagnostics_channel'
import { createRequire } from 'node:module'
import type { Worker } from 'node:worker_threads'
import type * as synckit from 'synckit'
import type { StartData } from '../lane/wire.js'
import { inheritedExecArgv } from '../thread/exec-argv.js'
import { ownFile } from '../thread/own-file.js'
import { started } from '../thread/started.js'
import type { Reply, Request } from './synckit-wire.js'

/** How synckit asks the loop's thread something, and blocks. */
export type Ask = (request?: StartData | Request) => boolean | Reply

/** A thread that synckit has started. */
export interface Started {
  readonly ask: Ask
  /** `undefined` where this Node does not tell of the workers it starts. */
  readonly worker: Worker | undefined
}

/**
 * Starts the loop's thread through synckit, which knows the runners, loaders and Plug'n'Play set-ups of tools, and
 * reports a thread that fails to start even to a caller that blocks. What synckit starts is not handed out by it, so
 * Node is asked, which tells of every worker at the moment it is made.
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
 * Synckit, where it is installed and our file for it is there; `undefined` in a bundle that has taken in this package,
 * and where `@bridge/pool/synckit` is in synckit's place.
 * Only when the loop is used: loading it takes longer than loading everything else of this package.
 */
export function findSynckit(): Synckit | undefined {
  const file = ownFile('loop.cjs')
  if (file === undefined) return undefined
  try {
    const { startWorkerThread } = createRequire(file)('synckit') as Partial<typeof synckit>
    // Ours in its place starts no thread for others; it has this one started as a pool's are.
    return startWorkerThread === undefined ? undefined : { file, startWorkerThread }
  } catch {
    return undefined
  }
}
