import diagnostics from 'node:diagnostics_channel'
import { createRequire } from 'node:module'
import type { Worker } from 'node:worker_threads'
import type * as synckit from 'synckit'
import type { StartData } from '../lane/wire.js'
import { inheritedExecArgv } from '../thread/exec-argv.js'
import { ownFile } from '../thread/own-file.js'
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
export function startBySynckit(): Started {
  const file = ownFile('loop.cjs')
  let worker: Worker | undefined
  const onWorker = (message: unknown): void => {
    worker = (message as { worker: Worker }).worker
  }
  const { startWorkerThread } = load()
  diagnostics.subscribe('worker_threads', onWorker)
  try {
    const ask = startWorkerThread(file, { execArgv: inheritedExecArgv() }) as unknown as Ask
    return { ask, worker }
  } finally {
    diagnostics.unsubscribe('worker_threads', onWorker)
  }
}

/** Only when the loop is used: loading it takes longer than loading everything else of this package. */
function load(): typeof synckit {
  return createRequire(import.meta.url)('synckit') as typeof synckit
}
