import { parentPort, workerData } from 'node:worker_threads'
import type { Watched } from '../lane/watcher.js'
import { GONE, VANISHED } from '../lane/wire.js'
import { isUp } from '../thread/coming-up.js'

isUp()
parentPort?.on('message', ({ life, control, wake }: Watched) => {
  life.once('close', () => {
    // One that said its last words has done this itself.
    if (Atomics.compareExchange(control, GONE, 0, VANISHED) !== 0) return
    Atomics.add(wake, 0, 1)
    Atomics.notify(wake, 0)
  })
  // Starts it: a port that nobody reads does not close.
  life.on('message', () => {})
})
Atomics.store(workerData as Int32Array, 0, 1)
