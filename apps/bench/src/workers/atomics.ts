import { workerData } from 'node:worker_threads'

/*
 * Answers over shared words. MODE is whether it parks (0) or spins (1) while idle: a worker that spins during the turns of
 * others would take their core.
 */
const words = workerData as Int32Array<SharedArrayBuffer>
const REQUEST = 0
const REPLY = 1
const MODE = 2
const PARKED = 0

let seen = 0
for (;;) {
  const asked = Atomics.load(words, REQUEST)
  if (asked === seen) {
    if (Atomics.load(words, MODE) === PARKED) Atomics.wait(words, REQUEST, seen)
    continue
  }
  seen = asked
  Atomics.store(words, REPLY, asked + 1)
  Atomics.notify(words, REPLY)
}
