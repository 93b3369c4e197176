import { type MessagePort, Worker } from 'node:worker_threads'
import { ownFile } from '../thread/own-file.js'

/** What the watching thread is told of a thread that it watches. */
export interface Watched {
  /** The owner's end of the port that closes when the thread ends. */
  readonly life: MessagePort
  readonly control: Int32Array<SharedArrayBuffer>
  readonly wake: Int32Array<SharedArrayBuffer>
}

let watcher: Worker | undefined

/**
 * Has a thread of ours tell this one, even while it blocks, that another has ended without a word. A thread that exits
 * or throws says so itself; one that runs out of memory, or never comes up, runs no code any more, and Node would tell
 * the event loop only. Nothing is started before a caller has been blocked for long.
 */
export function watch(watched: Watched): void {
  if (watcher === undefined) {
    watcher = new Worker(ownFile('watcher.cjs'), { name: 'bridge watcher', execArgv: [] })
    // Then nobody watches; the next one to watch starts another.
    watcher.once('error', () => {
      watcher = undefined
    })
    watcher.unref()
  }
  watcher.postMessage(watched, [watched.life])
}
