import '../../../tools/live-globals.js'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import {
  receiveStream,
  type SentStream,
  sendStream,
  sentStreamsIn,
  stepSentStreams,
  watchSentStreams
} from '@bridge/iter'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { collect, ITER, piped, turns } from './helpers.js'

function* upTo(limit: number) {
  for (let n = 0; n < limit; n++) yield n
}

/** The numbers doubled, read and sent back by a worker. */
async function doubled(sent: SentStream<number>): Promise<SentStream<number>> {
  const source = `
    const { parentPort } = require('node:worker_threads')
    const { receiveStream, sendStream } = require(${ITER})
    async function* doubled(numbers) {
      for await (const n of receiveStream(numbers)) yield n * 2
    }
    parentPort.once('message', numbers => {
      const sent = sendStream(doubled(numbers))
      parentPort.postMessage(sent, [sent.port])
    })
  `
  const worker = new Worker(source, { eval: true })
  onTestFinished(async () => {
    await worker.terminate()
  })
  worker.postMessage(sent, [sent.port])
  return (await once(worker, 'message'))[0]
}

afterEach(() => {
  vi.restoreAllMocks()
})

let time = 0

/** A thread that has drained streams for long lets its loop turn before it requests more: here it has just turned, and the clock stands still. */
async function untilFresh(): Promise<void> {
  time = performance.now()
  vi.spyOn(performance, 'now').mockImplementation(() => time)
  expect(await collect(piped([1, 2]).stream)).toEqual([1, 2])
  await turns()
}

describe('a sent stream of a blocked thread', () => {
  it('is stepped by a blocking for over another stream', async () => {
    const results = await doubled(sendStream(upTo(20_000)))
    let next = 0
    for (const n of receiveStream(results)) if (n !== 2 * next++) throw new Error(`${n}`)
    expect(next).toBe(20_000)
  })

  it('is found by its port in the transfer list of a call', async () => {
    const sent = sendStream(upTo(1))
    const [source] = sentStreamsIn([new ArrayBuffer(1), sent.port]) ?? []
    expect(source).toMatchObject({ isRead: false, needsLoop: false })
    expect(sentStreamsIn(undefined)).toBe(undefined)
    expect(sentStreamsIn([new ArrayBuffer(1)])).toBe(undefined)
    expect(await collect(receiveStream(sent))).toEqual([0])
    await source?.ended
    expect(source).toMatchObject({ isRead: false, needsLoop: false })
  })

  it('wakes a blocked wait by the word of its executor, and requests another check', async () => {
    await untilFresh()
    const word = new Int32Array(new SharedArrayBuffer(4))
    watchSentStreams(word)
    function* slow() {
      for (let n = 0; n < 3; n++) {
        time += 6
        yield n
      }
    }
    const stream = receiveStream(sendStream(slow()))
    const pull = stream.next()
    expect(word[0]).toBe(1)
    expect(stepSentStreams()).toBe(true)
    expect(word[0]).toBe(2)
    while (stepSentStreams()) {}
    await expect(pull).resolves.toEqual({ done: false, value: 0 })
  })

  it('with a step that waits for this thread needs its event loop', async () => {
    await untilFresh()
    async function* later() {
      await null
      yield 1
    }
    const sent = sendStream(later())
    const [source] = sentStreamsIn([sent.port]) ?? []
    const stream = receiveStream(sent)
    const pull = stream.next()
    expect(stepSentStreams()).toBe(false)
    expect(source?.needsLoop).toBe(true)
    source?.fail(new RangeError('no'))
    await expect(pull).rejects.toThrow('no')
    await sent.ended
  })
})
