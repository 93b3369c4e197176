import threads from 'node:worker_threads'
import type { StartData } from '../connection/wire.js'
import { isUp } from '../thread/starting.js'
import { printDirectly } from './output.js'
import { startServing } from './start-serving.js'
import { setWorkerData } from './worker-data.js'

/** Starts a thread that a pool has created. */
export function startThread(): void {
  const data = threads.workerData as StartData
  printDirectly()
  // After the microtasks of a preload that was required, such as a call that it makes.
  queueMicrotask(() => {
    isUp()
    setWorkerData(data.workerData)
    startServing(data)
  })
}
