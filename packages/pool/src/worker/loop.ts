import { runAsWorker } from 'synckit'
import type { StartData } from '../lane/wire.js'
import { printDirectly } from './output.js'
import { startServing } from './start-serving.js'

let isServing = false

// synckit starts this thread and hands the lane over; from then on every call takes the lane. What it is asked
// without a lane is whether the thread has come up.
runAsWorker(async (lane?: StartData): Promise<boolean> => {
  if (lane === undefined) return isServing
  isServing = true
  // synckit keeps a worker's output back until its next answer, which after this one never comes.
  printDirectly()
  startServing(lane)
  return true
})
