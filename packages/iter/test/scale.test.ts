import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { MessageChannel, Worker } from 'node:worker_threads'
import { openStream } from '@bridge/iter'
import { describe, expect, it } from 'vitest'
import { ITER, openFromWorker } from './helpers.js'

describe('at scale', () => {
  it('ten thousand streams are open at once on two workers, and every finally runs', async () => {
    const ended = new Int32Array(new SharedArrayBuffer(4))
    const source = `
      const { parentPort, workerData } = require('node:worker_threads')
      const { serveStream } = require(${ITER})
      function* items(from) {
        try { for (;;) yield from++ } finally { Atomics.add(workerData, 0, 1) }
      }
      parentPort.on('message', ({ port, from }) => serveStream(port, items(from)))
    `
    const workers = [0, 1].map(() => new Worker(source, { eval: true, workerData: ended }))
    const streams = Array.from({ length: 10_000 }, (_, from) => {
      const { port1, port2 } = new MessageChannel()
      workers[from % 2]!.postMessage({ port: port1, from }, [port1])
      return openStream<number>(port2, { highWaterMark: 2 })
    })
    const first = await Promise.all(streams.map(stream => stream.next()))
    expect(first.every(({ value }, from) => value === from)).toBe(true)
    await Promise.all(streams.map(stream => stream.return()))
    expect(ended[0]).toBe(10_000)
    await Promise.all(workers.map(worker => worker.terminate()))
  })

  it('a producer on its own thread is ahead of a slow consumer by at most the window', async () => {
    const word = new Int32Array(new SharedArrayBuffer(8))
    const { stream, worker } = await openFromWorker(
      'function* items() { for (let n = 0; n < 200_000; n++) { Atomics.add(word, 1, 1); yield { n } } }',
      { word, highWaterMark: 100 }
    )
    let taken = 0
    let ahead = 0
    for await (const item of stream) {
      expect((item as { n: number }).n === taken++ || item).toBe(true)
      ahead = Math.max(ahead, Atomics.load(word, 1) - taken)
    }
    expect(taken).toBe(200_000)
    expect(ahead).toBeGreaterThan(50)
    expect(ahead).toBeLessThanOrEqual(100)
    await worker.terminate()
  })

  it.each([
    ['throughput', ['2000', '1'], 'numbers'],
    ['flat-memory', ['20000'], '20000 numbers in'],
    ['many-streams', ['50', '10'], '50 streams opened'],
    ['slow-consumer', ['2000', '10'], 'ahead at most'],
    ['timers', ['20000'], 'a timer of 1 ms fired']
  ])('the script bench/%s.mjs runs', async (name, args, said) => {
    const file = fileURLToPath(new URL(`../bench/${name}.mjs`, import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, [file, ...args], { timeout: 50_000 })
    expect(stdout).toContain(said)
  })
})
