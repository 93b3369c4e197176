/*
 * 10,000 streams open at once on two workers: each yields its first item, then all wait, then each continues to its end.
 *
 *     pnpm build && node packages/iter/bench/many-streams.mjs [streams] [items]
 */

import { fileURLToPath } from 'node:url'
import { isMainThread, MessageChannel, parentPort, Worker } from 'node:worker_threads'
import { openStream, serveStream } from '@bridge/iter'

function* numbers(from, count) {
  for (let n = 0; n < count; n++) yield from + n
}

if (!isMainThread) {
  parentPort.on('message', ({ port, from, count }) => serveStream(port, numbers(from, count)))
} else {
  const streams = Number(process.argv[2] ?? 10_000)
  const count = Number(process.argv[3] ?? 100)
  const workers = [0, 1].map(() => new Worker(fileURLToPath(import.meta.url)))
  const megabytes = () => Math.round(process.memoryUsage.rss() / 2 ** 20)
  const before = megabytes()
  let began = performance.now()
  const took = () => {
    const milliseconds = performance.now() - began
    began = performance.now()
    return `${(milliseconds / 1000).toFixed(2)} s`
  }
  const open = Array.from({ length: streams }, (_, index) => {
    const { port1, port2 } = new MessageChannel()
    workers[index % 2].postMessage({ port: port1, from: index * count, count }, [port1])
    return openStream(port2, { highWaterMark: 16 })
  })
  const first = await Promise.all(open.map(stream => stream.next()))
  if (first.some(({ value }, index) => value !== index * count)) throw new Error('a first item is wrong')
  console.log(`${streams} streams opened, with a first item each: ${took()}, ${megabytes() - before} MB more`)
  const drained = await Promise.all(
    open.map(async (stream, index) => {
      let expected = index * count + 1
      for await (const n of stream) if (n !== expected++) throw new Error('an item is wrong')
      return expected - index * count
    })
  )
  if (drained.some(items => items !== count)) throw new Error('an item is missing')
  console.log(`the other ${streams * (count - 1)} items: ${took()}`)
  await Promise.all(workers.map(worker => worker.terminate()))
}
