import { syncBuiltinESMExports } from 'node:module'
import threads from 'node:worker_threads'

/** Makes this what the modules of this thread import as `workerData`: what we are started with says nothing to them. */
export function setWorkerData(workerData: unknown): void {
  Object.assign(threads, { workerData })
  syncBuiltinESMExports()
}
