import { adopt } from '@bridge/core/internal'
import { runAsWorker } from 'synckit'
import type { StartData } from '../lane/wire.js'
import type { Reply, Request } from '../loop/synckit-wire.js'
import { isUp } from '../thread/coming-up.js'
import { printDirectly } from './output.js'
import { answer } from './serve-synckit.js'
import { startServing } from './start-serving.js'
import { setWorkerData } from './worker-data.js'

// After what a preload that was required has left for a microtask, and before any message comes.
queueMicrotask(isUp)
let isServing = false

// synckit starts this thread and hands the lane over; from then on every call takes the lane. What it is asked
// without a lane is whether the thread has come up. Where the lane can't be handed over, calls come this way too.
runAsWorker((message?: StartData | Request): Promise<boolean | Reply> => {
  if (message === undefined) return adopt(isServing)
  if (!('port' in message)) return answer(message)
  isServing = true
  // synckit keeps a worker's output back until its next answer, which after this one never comes.
  printDirectly()
  setWorkerData(undefined)
  startServing(message)
  return adopt(true)
})
