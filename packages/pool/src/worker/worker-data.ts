import { syncBuiltinESMExports } from 'node:module'
import threads from 'node:worker_threads'

/** Sets what the modules of this thread import as `workerData`: the data that we are started with is internal. */
export function setWorkerData(workerData: unknown): void {
  Object.assign(threads, { workerData })
  syncBuiltinESMExports()
}
