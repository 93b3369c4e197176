import { parentPort, workerData } from 'node:worker_threads'
import type { Watched } from '../connection/watcher.js'
import { EXITED_SILENTLY, GONE } from '../connection/wire.js'
import { isUp } from '../thread/starting.js'

isUp()
parentPort?.on('message', ({ life, control, wake }: Watched) => {
  life.once('close', () => {
    // A thread that reported its end has done this itself.
    if (Atomics.compareExchange(control, GONE, 0, EXITED_SILENTLY) !== 0) return
    Atomics.add(wake, 0, 1)
    Atomics.notify(wake, 0)
  })
  // Starts the port: a port that is not read does not close.
  life.on('message', () => {})
})
Atomics.store(workerData as Int32Array, 0, 1)
