import { serialize } from 'node:v8'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { PayloadTooLargeError } from '@bridge/core'
import { openStream, type StreamInput, type StreamPort, serveStream } from '@bridge/iter'
import { describe, expect, it } from 'vitest'
import { collect } from './helpers.js'

/** A port that refuses messages with more bytes, as one to another process does; counts the messages. */
function limited(port: MessagePort, most: number) {
  const sent = { messages: 0 }
  const limitedPort: StreamPort = {
    postMessage(message, transferList) {
      const { length } = serialize(message)
      if (length > most) throw new PayloadTooLargeError('a message has', length, most)
      sent.messages++
      port.postMessage(message, transferList as never)
    },
    on: port.on.bind(port) as StreamPort['on'],
    off: port.off.bind(port) as StreamPort['off'],
    close: () => port.close()
  }
  return { port: limitedPort, sent }
}

function piped(input: StreamInput, most: number) {
  const { port1, port2 } = new MessageChannel()
  const { port, sent } = limited(port1, most)
  void serveStream(port, input)
  return { stream: openStream<unknown>(port2, { highWaterMark: 5000 }), sent }
}

const KINDS = {
  integers: (n: number) => n,
  fractions: (n: number) => n / 7,
  rows: (n: number) => ({ id: n, text: `row ${n}` }),
  'texts of two bytes a character': (n: number) => '\u0416'.repeat(n % 50),
  bytes: (n: number) => new Uint8Array(n % 100).fill(n),
  'values with parts that a clone would lose': (n: number) =>
    n % 3 === 0 ? { buffer: Buffer.from(`buffer ${n}`) } : { n, list: [n] }
}

describe('the items of a stream over a port that limits the size of a message', () => {
  it.each(Object.entries(KINDS))(
    'arrive if each fits, although several together do not: %s',
    async (_, make) => {
      const items = Array.from({ length: 2000 }, (_, n) => make(n))
      const { stream, sent } = piped(items, 1500)
      const arrived = await collect(stream)
      expect(arrived).toEqual(items)
      // Not each alone.
      expect(sent.messages).toBeLessThan(2000)
    }
  )

  it('arrive up to the one that does not fit, which is the error', async () => {
    const items = [1, 2, 3, 4, 5, 3000, 6].map(length => new Uint8Array(length))
    const arrived: unknown[] = []
    const reading = async (): Promise<void> => {
      for await (const item of piped(items, 1500).stream) arrived.push(item)
    }
    await expect(reading()).rejects.toMatchObject({ code: 'BRIDGE_TOO_LARGE' })
    expect(arrived).toEqual(items.slice(0, 5))
  })
})
