import type { MessagePort, Worker } from 'node:worker_threads'
import { WorkerLostError } from '@bridge/core'
import { ownWorker } from '../thread/own-worker.js'
import { canTellClosed, isClosed } from './closed-port.js'
import { GONE, VANISHED } from './wire.js'

/** What the watching thread is told of a thread that it watches. */
export interface Watched {
  /** The owner's end of the port that closes when the thread ends. */
  readonly life: MessagePort
  readonly control: Int32Array<SharedArrayBuffer>
  readonly wake: Int32Array<SharedArrayBuffer>
}

/** How long, in milliseconds, the watching thread may take to come up. */
const COMES_UP = 10_000

/** A thread that is being watched. */
export interface Watching {
  /**
   * To be called now and then by who is blocked.
   *
   * @throws WorkerLostError when the watching thread has not come up: a caller that is blocked by a thread which ends without a
   * word would wait for ever.
   */
  check(): void
}

let watcher: { readonly worker: Worker; readonly watching: Watching } | undefined

/**
 * Lets this thread learn, even while it blocks, that another has ended without a word. A thread that exits or throws says so
 * itself; one that runs out of memory, or never comes up, runs no code any more, and Node would tell the event loop only.
 * A caller that is blocked looks at it now and then; where the runtime does not tell, a thread of ours that watches the others
 * does, which is started when a caller has been blocked for long.
 */
export function watch(watched: Watched): Watching {
  // Another thread would cost as much as the one that is watched.
  if (canTellClosed()) return watchedFromHere(watched)
  watcher ??= started()
  watcher.worker.postMessage(watched, [watched.life])
  return watcher.watching
}

function watchedFromHere({ life, control }: Watched): Watching {
  return {
    check() {
      if (isClosed(life)) Atomics.compareExchange(control, GONE, 0, VANISHED)
    }
  }
}

function started(): NonNullable<typeof watcher> {
  // The thread sets it when it is up; the events of a worker do not reach who is blocked.
  const workerData = new Int32Array(new SharedArrayBuffer(4))
  const since = performance.now()
  const worker = made(workerData)
  // Then none watches; the next one to watch starts another.
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
    'a blocked caller can not be told of the end of its thread, because the thread that watches the others does not ' +
      'come up; was the working directory deleted, or the number of threads limited? Await the call',
    { cause }
  )
}
