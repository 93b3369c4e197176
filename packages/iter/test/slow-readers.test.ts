import { once } from 'node:events'
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { openStream, wordBlocker } from '@bridge/iter'
import { describe, expect, it, onTestFinished } from 'vitest'

const ITEM = 16 * 1024

const word = () => new Int32Array(new SharedArrayBuffer(4))

/** A thread whose generators yield items of 16 KB, and the number of bytes that all of them have made. */
async function producing() {
  const made = new Int32Array(new SharedArrayBuffer(8))
  const wake = word()
  const worker = new Worker(
    `
    const { parentPort, workerData } = require('node:worker_threads')
    import(${JSON.stringify(import.meta.resolve('@bridge/iter'))}).then(({ notifier, serveStream }) => {
      function* items(count) {
        for (let n = 0; n < count; n++) {
          Atomics.add(workerData.made, 0, ${ITEM})
          yield new Uint8Array(${ITEM}).fill(n)
        }
      }
      parentPort.on('message', ({ port, count }) =>
        port === undefined
          ? setImmediate(() => parentPort.postMessage('idle'))
          : serveStream(port, items(count), { onSend: notifier(workerData.wake) })
      )
      parentPort.postMessage('up')
    })
    `,
    { eval: true, workerData: { made, wake } }
  )
  onTestFinished(() => void worker.terminate())
  await once(worker, 'message')
  return {
    get bytes() {
      return Atomics.load(made, 0)
    },
    open(count: number) {
      const { port1, port2 } = new MessageChannel()
      worker.postMessage({ port: port2, count }, [port2])
      return openStream<Uint8Array>(port1 as MessagePort, { blocker: wordBlocker(wake) })
    },
    /** Resolves when the thread only waits for its consumers. */
    async settled() {
      for (let before = -1; before !== this.bytes; ) {
        before = this.bytes
        // Twice, because messages in its queue may have made it send more.
        for (const _ of [1, 2]) {
          worker.postMessage({})
          await once(worker, 'message')
        }
      }
    }
  }
}

describe('the streams of one thread whose readers are slow', () => {
  it('are ahead by 16 MB in total and a little each, and not by a megabyte each', async () => {
    const thread = await producing()
    const streams = Array.from({ length: 100 }, () => thread.open(1000))
    for (const stream of streams) await stream.next()
    await thread.settled()
    expect(thread.bytes / 2 ** 20).toBeGreaterThan(16)
    // Each may have one batch more than the 64 KB that it may always be ahead.
    expect(thread.bytes / 2 ** 20).toBeLessThan(16 + 100 * (3 / 16) + 1)
    await Promise.all(streams.map(stream => stream.return()))
  })

  it('all end, awaited', async () => {
    const thread = await producing()
    const streams = Array.from({ length: 60 }, () => thread.open(100))
    for (const stream of streams) await stream.next()
    await thread.settled()
    const counts = streams.map(async stream => {
      let count = 1
      for await (const _ of stream) count++
      return count
    })
    expect(new Set(await Promise.all(counts))).toEqual(new Set([100]))
  })

  it('end one after the other, blocking', async () => {
    const thread = await producing()
    const streams = Array.from({ length: 60 }, () => thread.open(100))
    for (const stream of streams) await stream.next()
    await thread.settled()
    for (const stream of streams) expect([...stream]).toHaveLength(99)
  })

  it('leave an additional stream its minimum, with which it completes', async () => {
    const thread = await producing()
    const slow = Array.from({ length: 30 }, () => thread.open(1000))
    for (const stream of slow) await stream.next()
    await thread.settled()
    let count = 0
    for await (const _ of thread.open(500)) count++
    expect(count).toBe(500)
    await Promise.all(slow.map(stream => stream.return()))
  })

  it('release the bytes that they were ahead when they are stopped', async () => {
    const thread = await producing()
    for (const _ of [1, 2, 3]) {
      const streams = Array.from({ length: 30 }, () => thread.open(1000))
      for (const stream of streams) await stream.next()
      await thread.settled()
      await Promise.all(streams.map(stream => stream.return()))
    }
    const before = thread.bytes
    const alone = thread.open(1000)
    await alone.next()
    await thread.settled()
    expect((thread.bytes - before) / 2 ** 20).toBeGreaterThanOrEqual(1)
    await alone.return()
  })
})
