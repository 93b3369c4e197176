/*
 * 10⁶ items to a consumer that is slower than the producer: how far the producer was ahead at most.
 *
 *     pnpm build && node packages/iter/bench/slow-consumer.mjs [items] [window]
 */

import { fileURLToPath } from 'node:url'
import { isMainThread, MessageChannel, Worker, workerData } from 'node:worker_threads'
import { openStream, serveStream } from '@bridge/iter'

function* items({ produced, count }) {
  for (let n = 0; n < count; n++) {
    Atomics.add(produced, 0, 1)
    yield { id: n, name: `item ${n}` }
  }
}

if (!isMainThread) serveStream(workerData.port, items(workerData))
else {
  const count = Number(process.argv[2] ?? 1e6)
  const highWaterMark = Number(process.argv[3] ?? 1000)
  const { port1, port2 } = new MessageChannel()
  const produced = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(fileURLToPath(import.meta.url), {
    workerData: { port: port1, count, produced },
    transferList: [port1]
  })
  let taken = 0
  let ahead = 0
  const began = performance.now()
  for await (const { id } of openStream(port2, { highWaterMark })) {
    if (id !== taken++) throw new Error(`item ${taken - 1} is ${id}`)
    ahead = Math.max(ahead, Atomics.load(produced, 0) - taken)
    // Slower than the producer: some microseconds of work an item.
    for (let n = 0; n < 2000; n++) Math.sqrt(n)
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  console.log(`${taken} items in ${seconds} s; window ${highWaterMark}, ahead at most ${ahead}`)
  await worker.terminate()
}
