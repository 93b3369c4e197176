import threads from 'node:worker_threads'
import type { StartData } from '../lane/wire.js'
import { isUp } from '../thread/coming-up.js'
import { printDirectly } from './output.js'
import { startServing } from './start-serving.js'
import { setWorkerData } from './worker-data.js'

const data = threads.workerData as StartData

printDirectly()
// After what a preload that was required has left for a microtask, such as a call of its own.
queueMicrotask(() => {
  isUp()
  setWorkerData(data.workerData)
  startServing(data)
})
