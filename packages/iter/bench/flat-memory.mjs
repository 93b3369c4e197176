/*
 * 10⁸ numbers through one stream, and the memory of the process during that:
 *
 *     pnpm build && node packages/iter/bench/flat-memory.mjs [items]
 */

import { fileURLToPath } from 'node:url'
import { isMainThread, MessageChannel, Worker, workerData } from 'node:worker_threads'
import { openStream, serveStream } from '@bridge/iter'

function* numbers(count) {
  for (let n = 0; n < count; n++) yield n
}

if (!isMainThread) serveStream(workerData.port, numbers(workerData.count))
else {
  const count = Number(process.argv[2] ?? 1e8)
  const { port1, port2 } = new MessageChannel()
  const worker = new Worker(fileURLToPath(import.meta.url), {
    workerData: { port: port1, count },
    transferList: [port1]
  })
  const megabytes = () => Math.round(process.memoryUsage.rss() / 2 ** 20)
  const began = performance.now()
  const samples = []
  let sum = 0
  let seen = 0
  for await (const n of openStream(port2)) {
    sum += n
    if (++seen % (count / 10) === 0) samples.push(megabytes())
  }
  const seconds = (performance.now() - began) / 1000
  if (sum !== (count * (count - 1)) / 2) throw new Error(`the sum is wrong: ${sum}`)
  console.log(`${count} numbers in ${seconds.toFixed(1)} s, ${((seconds * 1e9) / count).toFixed(0)} ns each`)
  console.log(`resident after each tenth, MB: ${samples.join(' ')}`)
  await worker.terminate()
}
