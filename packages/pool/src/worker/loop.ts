import { createRequire } from 'node:module'
import { adopt } from '@bridge/core/internal'
import type * as synckit from 'synckit'
import type { StartData } from '../connection/wire.js'
import type { Reply, Request } from '../loop/synckit-wire.js'
import { isUp } from '../thread/starting.js'
import { printDirectly } from './output.js'
import { answer } from './serve-synckit.js'
import { startServing } from './start-serving.js'
import { setWorkerData } from './worker-data.js'

/** Starts the loop's thread, which synckit has created. */
export function startLoop(): void {
  // The name occurs only here: a pool's threads start without synckit.
  const { runAsWorker } = createRequire(import.meta.url)('synckit') as typeof synckit
  // After the microtasks of a preload that was required, and before any message arrives.
  queueMicrotask(isUp)
  let isServing = false

  // synckit starts this thread and hands the connection over; from then on every call uses the connection. The request
  // without a connection is whether the thread has started. If the connection can't be handed over, calls are requests
  // of this kind, too.
  runAsWorker((message?: StartData | Request): Promise<boolean | Reply> => {
    if (message === undefined) return adopt(isServing)
    if (!('port' in message)) return answer(message)
    isServing = true
    // synckit holds a worker's output back until its next answer, which never comes after this answer.
    printDirectly()
    setWorkerData(undefined)
    startServing(message)
    return adopt(true)
  })
}
