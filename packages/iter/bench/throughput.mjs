/*
 * Nanoseconds an item from a worker to `for await`, compared with the same iterator without a thread, and with one message for each item:
 *
 *     pnpm build && node packages/iter/bench/throughput.mjs [items] [rounds]
 */

import { fileURLToPath } from 'node:url'
import { isMainThread, MessageChannel, parentPort, Worker } from 'node:worker_threads'
import { openStream, serveStream } from '@bridge/iter'

const item = id => ({ id, name: `item ${id}`, even: id % 2 === 0 })
const kinds = {
  numbers: n => n,
  fractions: n => n + 0.5,
  strings: n => `item ${n}`,
  objects: item,
  nested: n => ({ id: n, tags: ['a', 'b'], at: { x: n, y: 1 } })
}

if (isMainThread) await main()
else
  parentPort.on('message', ({ port, kind, count }) => {
    const make = kinds[kind]
    function* items() {
      for (let n = 0; n < count; n++) yield make(n)
    }
    if (port !== undefined) serveStream(port, items())
    else for (const made of items()) parentPort.postMessage(made)
  })

async function main() {
  const count = Number(process.argv[2] ?? 200_000)
  const rounds = Number(process.argv[3] ?? 5)
  const worker = new Worker(fileURLToPath(import.meta.url))
  const ways = {
    stream(kind) {
      const { port1, port2 } = new MessageChannel()
      worker.postMessage({ port: port2, kind, count }, [port2])
      return openStream(port1)
    },
    floor(kind) {
      let n = 0
      const next = () =>
        Promise.resolve(
          n < count ? { done: false, value: kinds[kind](n++) } : { done: true, value: undefined }
        )
      return { [Symbol.asyncIterator]: () => ({ next }) }
    },
    messages(kind) {
      const arrived = []
      let taken = 0
      let wake
      const take = value => {
        arrived.push(value)
        wake?.({ done: false, value })
        wake = undefined
      }
      worker.on('message', take)
      worker.postMessage({ kind, count })
      const next = () => {
        if (taken === count) {
          worker.off('message', take)
          return Promise.resolve({ done: true, value: undefined })
        }
        if (++taken <= arrived.length) return Promise.resolve({ done: false, value: arrived[taken - 1] })
        return new Promise(resolve => {
          wake = resolve
        })
      }
      return { [Symbol.asyncIterator]: () => ({ next }) }
    }
  }
  for (const kind of Object.keys(kinds)) {
    const figures = { stream: [], floor: [], messages: [] }
    for (let round = -1; round < rounds; round++) {
      for (const [way, open] of Object.entries(ways)) {
        const began = performance.now()
        let seen = 0
        for await (const _ of open(kind)) seen++
        if (seen !== count) throw new Error(`${way} gave ${seen} items`)
        if (round >= 0) figures[way].push(((performance.now() - began) * 1e6) / count)
      }
    }
    const [stream, floor, messages] = Object.values(figures).map(f => f.sort((a, b) => a - b)[f.length >> 1])
    console.log(
      kind.padEnd(10),
      `${stream.toFixed(0)} ns`.padStart(8),
      `${(stream / floor).toFixed(2)} of the floor (${floor.toFixed(0)})`.padStart(28),
      `${(stream / messages).toFixed(3)} of one message an item (${messages.toFixed(0)})`.padStart(40)
    )
  }
  await worker.terminate()
}
