import { writeSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { workerData } from 'node:worker_threads'
import type { Watched } from './beat.js'

/** How long the main thread may be blocked, in milliseconds. */
const BLOCKED = 60_000

// A blocked main thread cannot report that it hangs.
const { words, names } = workerData as Watched
let last = -1
for (;;) {
  await delay(BLOCKED)
  const beat = Atomics.load(words, 0)
  if (beat === last) {
    const underWay = names.filter((_, n) => Atomics.load(words, n + 1) > 0)
    writeSync(2, `soak: the main thread is blocked; in flight: ${underWay.join('; ') || 'nothing'}\n`)
    process.kill(process.pid, 'SIGKILL')
  }
  last = beat
}
