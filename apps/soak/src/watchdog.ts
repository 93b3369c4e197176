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
    const underWay = names.filter((_, n) => Atomics.load(words, n + 1) > 0)
    writeSync(2, `soak: the main thread stands still; under way: ${underWay.join('; ') || 'nothing'}\n`)
    process.kill(process.pid, 'SIGKILL')
  }
  last = beat
}
