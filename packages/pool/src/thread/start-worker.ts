import type { Worker } from 'node:worker_threads'
import { loadingHere } from '@bridge/core/internal'
import type { StartData } from '../connection/wire.js'
import { count, discount } from './thread-count.js'
import type { StartWorker } from './thread-options.js'

/** The events of a worker's end. An uncaught error is reported first, and its exit after that. */
export interface WorkerEvents {
  onError(error: unknown): void
  onExit(code: number): void
}

/** A worker, which keeps no process alive, and what resolves when it has ended. */
interface StartedWorker {
  readonly worker: Worker
  readonly exited: Promise<void>
}

/**
 * Starts a worker, counts it for as long as it lives, and listens for its end. Throws what keeps the worker from being
 * made, such as a flag that no thread takes.
 */
export function startWorker(
  start: StartWorker,
  data: Omit<StartData, 'threadCount' | 'loading'>,
  isBlocking: boolean,
  events: WorkerEvents
): StartedWorker {
  const threadCount = count()
  try {
    const worker = start({ ...data, threadCount, loading: loadingHere() }, isBlocking)
    worker.unref()
    return { worker, exited: watch(worker, events, () => discount(threadCount)) }
  } catch (error) {
    discount(threadCount)
    throw error
  }
}

function watch(worker: Worker, events: WorkerEvents, onEnd: () => void): Promise<void> {
  return new Promise(resolve => {
    const onError = (error: unknown): void => events.onError(error)
    const onExit = (code: number): void => {
      worker.off('error', onError)
      worker.off('exit', onExit)
      onEnd()
      events.onExit(code)
      resolve()
    }
    worker.on('error', onError)
    worker.on('exit', onExit)
  })
}
