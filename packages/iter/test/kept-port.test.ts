import { MessageChannel } from 'node:worker_threads'
import { openStream, serveStream } from '@bridge/iter'
import { describe, expect, it } from 'vitest'

describe('keepPort', () => {
  it('leaves the port of a stream that has ended to the next stream', async () => {
    const { port1, port2 } = new MessageChannel()
    for (const items of [[1, 2], [], [3]]) {
      const ended = serveStream(port1, items, { keepPort: true })
      const kept: boolean[] = []
      const got: unknown[] = []
      for await (const item of openStream(port2, { keepPort: true, onEnd: isKept => kept.push(isKept) })) {
        got.push(item)
      }
      await ended
      expect([got, kept]).toEqual([items, [true]])
    }
    port1.close()
  })

  it('also leaves it if the consumer has stopped, and the generator has ended because of that', async () => {
    const { port1, port2 } = new MessageChannel()
    const ended = serveStream(port1, [1, 2, 3], { keepPort: true })
    let wasKept: boolean | undefined
    const stream = openStream(port2, {
      keepPort: true,
      onEnd(isKept) {
        wasKept = isKept
      }
    })
    for await (const _ of stream) break
    await ended
    expect(wasKept).toBe(true)
    port1.close()
  })

  it('leaves no port open if the producer was abandoned', async () => {
    const { port1, port2 } = new MessageChannel()
    async function* stuck() {
      try {
        for (;;) yield 0
      } finally {
        await new Promise(() => {})
      }
    }
    void serveStream(port1, stuck(), { keepPort: true })
    let wasKept: boolean | undefined
    const stream = openStream(port2, {
      keepPort: true,
      highWaterMark: 0,
      closeTimeout: 5,
      onEnd(isKept) {
        wasKept = isKept
      }
    })
    await stream.next()
    await stream.return(undefined)
    expect(wasKept).toBe(false)
  })
})
