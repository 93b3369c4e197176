import '../../../tools/live-globals.js'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { type OpenOptions, openStream, type PortStream } from '@bridge/iter'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { bare, nextMessage, say } from './raw-end.js'

let time = 1000

beforeEach(() => {
  vi.spyOn(performance, 'now').mockImplementation(() => time)
})

afterEach(() => {
  vi.restoreAllMocks()
})

/** An open stream whose producer is this test. */
async function opened(options: OpenOptions = {}) {
  const { port1, port2 } = new MessageChannel()
  const stream = openStream<number>(port1, options)
  const first = stream.next()
  const [, , window] = await nextMessage(port2)
  return { stream, first, port: port2, window }
}

/** Sends numbers and takes them; returns what the consumer then requests. */
async function give(port: MessagePort, stream: PortStream<number>, count: number, taken = 0) {
  const asked = nextMessage(port)
  say(port, [7, new Int32Array(count)])
  for (let n = taken; n < count; n++) await stream.next()
  return (await asked)[1]
}

describe('the window', () => {
  it('grows while it is taken fast, after an eighth of the first and half of later ones, up to 65,536 items', async () => {
    const { stream, port, window } = await opened()
    expect(window).toBe(8192)
    expect(await give(port, stream, 1024, 1)).toBe(1024 + 8192)
    expect(await give(port, stream, 8192)).toBe(8192 + 16_384)
    expect(await give(port, stream, 16_384)).toBe(16_384 + 32_768)
    expect(await give(port, stream, 32_768)).toBe(32_768)
    port.close()
  })

  it('shrinks again for a consumer that takes half of it in more than ten milliseconds', async () => {
    const { stream, port } = await opened()
    expect(await give(port, stream, 1024, 1)).toBe(1024 + 8192)
    time += 20
    expect(await give(port, stream, 8192)).toBe(0)
    time += 20
    expect(await give(port, stream, 4096)).toBe(4096)
    port.close()
  })

  it('stays what highWaterMark says', async () => {
    const { stream, port, window } = await opened({ highWaterMark: 8 })
    expect(window).toBe(8)
    expect(await give(port, stream, 4, 1)).toBe(4)
    expect(await give(port, stream, 4)).toBe(4)
    port.close()
  })

  it('shrinks by at most what was taken when large items are requested one by one', async () => {
    const { stream, first, port } = await opened()
    const large = [6, 600 * 1024, [1]]
    const asks: unknown[] = []
    for (const after of [0, 20, 20, 0, 20, 20, 20]) {
      time += after
      const asked = nextMessage(port)
      say(port, large)
      await (asks.length === 0 ? first : stream.next())
      asks.push((await asked)[1])
    }
    // Grown by the first batch, which arrived at once.
    expect(asks.slice(0, 3)).toEqual([1 + 8192, 0, 0])
    expect(asks.every(Number.isSafeInteger)).toBe(true)
    port.close()
  })

  it('that is infinite is requested once', async () => {
    const { stream, port, window } = await opened({ highWaterMark: Infinity })
    expect(window).toBe(Infinity)
    say(port, [7, new Int32Array(100)])
    for (let n = 1; n < 100; n++) await stream.next()
    expect(stream.progress.ahead).toBe(0)
    port.close()
  })

  it('that was requested in part already is not requested again', async () => {
    const { port1, port2 } = new MessageChannel()
    const stream = openStream<number>(port1, { highWaterMark: 8, asked: 6 })
    const opening = nextMessage(port2)
    say(port2, [6, 16, [1, 2]])
    expect((await stream.next()).value).toBe(1)
    expect((await stream.next()).value).toBe(2)
    // The two of the window that were not requested, and the two that were taken.
    expect(await opening).toEqual([0, 2, 4, 16])
    port2.close()
  })

  it('is requested by halves: a consumer that has caught up with a slow producer sends nothing', async () => {
    const { stream, first, port } = await opened({ highWaterMark: 8 })
    const said: unknown[] = []
    port.on('message', message => said.push(bare(message)))
    for (const n of [1, 2, 3]) {
      const pull = n === 1 ? first : stream.next()
      say(port, [6, 8, [n]])
      expect((await pull).value).toBe(n)
    }
    const pull = stream.next()
    say(port, [6, 8, [4]])
    expect((await pull).value).toBe(4)
    await new Promise(setImmediate)
    expect(said).toEqual([[1, 4, 32]])
    port.close()
  })
})
