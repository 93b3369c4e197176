import { writeSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { workerData } from 'node:worker_threads'
import type { Watched } from './beat.js'

/** How long the main thread may stand still, in milliseconds. */
const STILL = 60_000

// A main thread that hangs while it blocks can tell nobody.
const { words, names } = workerData as Watched
let last = -1
for (;;) {
  await delay(STILL)
  const beat = Atomics.load(words, 0)
  if (beat === last) {
    const name = names[Atomics.load(words, 1)]
    writeSync(2, `soak: the main thread has stood still for ${STILL / 1000} s; it began last: ${name}\n`)
    process.kill(process.pid, 'SIGKILL')
  }
  last = beat
}
