import type { MessagePort, Worker } from 'node:worker_threads'
import { WorkerLostError } from '@bridge/core'
import { ownWorker } from '../thread/own-worker.js'
import { detectsClose, isClosed } from './closed-port.js'
import { EXITED_SILENTLY, GONE } from './wire.js'

/** What the watching thread receives for a thread that it watches. */
export interface Watched {
  /** The parent's end of the port that closes when the thread ends. */
  readonly life: MessagePort
  readonly control: Int32Array<SharedArrayBuffer>
  readonly wake: Int32Array<SharedArrayBuffer>
}

/** How long, in milliseconds, the watching thread may take to start. */
const COMES_UP = 10_000

/** A thread that is being watched. */
export interface Watching {
  /**
   * To be called regularly by a blocked caller.
   *
   * @throws WorkerLostError when the watching thread has not started: a caller that is blocked by a thread which exits
   * silently would wait for ever.
   */
  check(): void
}

let watcher: { readonly worker: Worker; readonly watching: Watching } | undefined

/**
 * Lets this thread detect, even while it is blocked, that another thread has exited silently. A thread that exits or
 * throws reports that itself; a thread that runs out of memory, or never starts, runs no code any more, and Node would
 * only notify the event loop. A blocked caller checks it regularly; if the runtime does not show it, another thread,
 * which watches all threads, does; that is started when a caller has been blocked for long.
 */
export function watch(watched: Watched): Watching {
  // Another thread would cost as much as the watched one.
  if (detectsClose()) return watchedFromHere(watched)
  watcher ??= started()
  watcher.worker.postMessage(watched, [watched.life])
  return watcher.watching
}

function watchedFromHere({ life, control }: Watched): Watching {
  return {
    check() {
      if (isClosed(life)) Atomics.compareExchange(control, GONE, 0, EXITED_SILENTLY)
    }
  }
}

function started(): NonNullable<typeof watcher> {
  // The watching thread sets it when it has started; the events of a worker do not reach a blocked caller.
  const workerData = new Int32Array(new SharedArrayBuffer(4))
  const since = performance.now()
  const worker = made(workerData)
  // Then no thread watches; the next call of `watch()` starts another.
  worker.once('error', () => {
    watcher = undefined
  })
  worker.unref()
  const watching = {
    check() {
      if (Atomics.load(workerData, 0) === 0 && performance.now() - since > COMES_UP) throw unwatched()
    }
  }
  return { worker, watching }
}

function made(workerData: Int32Array): Worker {
  try {
    return ownWorker('watcher', { name: 'bridge watcher', execArgv: [], workerData })
  } catch (error) {
    throw unwatched(error)
  }
}

function unwatched(cause?: unknown): WorkerLostError {
  return new WorkerLostError(
    'a blocked caller can not be notified of the end of its thread, because the thread that watches the others does not ' +
      'start; was the working directory deleted, or the number of threads limited? Await the call',
    { cause }
  )
}
