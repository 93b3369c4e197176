import type { Worker } from 'node:worker_threads'

/** What a worker tells of its end. An uncaught error is told first, and its exit then. */
export interface WorkerEvents {
  onError(error: unknown): void
  onExit(code: number): void
}

/** Listens for a worker's end; resolves when it has ended, and listens no more then. */
export function watchWorker(worker: Worker, events: WorkerEvents): Promise<void> {
  return new Promise(resolve => {
    const onExit = (code: number): void => {
      worker.off('error', events.onError)
      worker.off('exit', onExit)
      events.onExit(code)
      resolve()
    }
    worker.on('error', events.onError)
    worker.on('exit', onExit)
  })
}
