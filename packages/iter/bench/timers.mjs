/*
 * How late a timer of 1 ms fires on the consuming thread while 10⁷ numbers are drained:
 *
 *     pnpm build && node packages/iter/bench/timers.mjs [items]
 */

import { fileURLToPath } from 'node:url'
import { isMainThread, MessageChannel, Worker, workerData } from 'node:worker_threads'
import { openStream, serveStream } from '@bridge/iter'

function* numbers(count) {
  for (let n = 0; n < count; n++) yield n
}

if (!isMainThread) serveStream(workerData.port, numbers(workerData.count))
else {
  const count = Number(process.argv[2] ?? 1e7)
  const { port1, port2 } = new MessageChannel()
  const worker = new Worker(fileURLToPath(import.meta.url), {
    workerData: { port: port1, count },
    transferList: [port1]
  })
  const gaps = []
  let last = performance.now()
  const timer = setInterval(() => {
    gaps.push(performance.now() - last)
    last = performance.now()
  }, 1)
  const began = performance.now()
  let seen = 0
  for await (const _ of openStream(port2)) seen++
  const seconds = (performance.now() - began) / 1000
  clearInterval(timer)
  gaps.sort((a, b) => a - b)
  const at = part => gaps[Math.min(gaps.length - 1, Math.floor(gaps.length * part))].toFixed(1)
  console.log(`${seen} numbers in ${seconds.toFixed(2)} s; a timer of 1 ms fired ${gaps.length} times,`)
  console.log(`every ${at(0.5)} ms (median), ${at(0.99)} ms (99 %), ${at(1)} ms (longest)`)
  await worker.terminate()
}
