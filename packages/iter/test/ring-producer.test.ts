import { MessageChannel } from 'node:worker_threads'
import { encodeThrown } from '@bridge/core/executor'
import { serveStream } from '@bridge/iter'
import { describe, expect, it } from 'vitest'
import { latch, turns } from './helpers.js'
import { fakePorts } from './model/fake-port.js'
import { bare, numbered, say } from './raw-end.js'

type Memory = Int32Array<SharedArrayBuffer>

// The layout in number-ring.ts.
const WRITTEN = 0
const WAITS = 16
const HEADER = 32

/** A producer that was lent memory by this test, and has reported that it uses it after `before` numbers. */
async function lending(items: Iterable<unknown> | AsyncIterable<unknown>) {
  const { port1, port2 } = new MessageChannel()
  const served = serveStream(port1, items)
  const memory: Memory = new Int32Array(new SharedArrayBuffer(4 * (HEADER + 16)))
  const messages: unknown[][] = []
  const begun = latch()
  port2.on('message', (message: unknown[]) => {
    messages.push(bare(message))
    if (messages.length === 1) begun.release()
  })
  say(port2, [0, 2, 2, 0])
  await begun.opened
  await turns()
  const before = messages.splice(0).flatMap(message => message[2])
  return { port: port2, memory, messages, served, before }
}

/** Counts, and yields the values that it is passed. */
function* forgiving(): Generator<unknown, void, unknown> {
  for (let n = 0; ; n++) {
    let given: unknown
    try {
      given = yield n
    } catch (error) {
      given = error
    }
    if (given !== undefined) yield given
  }
}

describe('a producer that was lent memory', () => {
  it('writes integers there, and notifies only a consumer that waits', async () => {
    const { port, memory, messages, before, served } = await lending(Array.from({ length: 9 }, (_, n) => n))
    expect(before).toEqual([0, 1])
    say(port, [1, 3, 16, memory])
    await turns()
    expect(messages.splice(0)).toEqual([[11]])
    expect(Atomics.load(memory, WRITTEN)).toBe(3)
    expect([...memory.subarray(HEADER, HEADER + 3)]).toEqual([2, 3, 4])
    Atomics.store(memory, WAITS, 1)
    say(port, [1, 3, 0])
    await turns()
    expect(messages.splice(0)).toEqual([[12]])
    expect(Atomics.load(memory, WAITS)).toBe(0)
    expect(Atomics.load(memory, WRITTEN)).toBe(6)
    say(port, [1, 3, 0])
    await served
    await turns()
    expect(messages).toEqual([[9, undefined]])
    expect([...memory.subarray(HEADER, HEADER + 7)]).toEqual([2, 3, 4, 5, 6, 7, 8])
  })

  it.each([['text'], [0.5], [-0], [Number.NaN], [2 ** 31], [-(2 ** 31) - 1], [1n], [null]])(
    'sends by message from %s on',
    async odd => {
      const { port, memory, messages } = await lending([0, 2, 2, odd, 4, 5])
      say(port, [1, 9, 16, memory])
      await turns()
      expect(Atomics.load(memory, WRITTEN)).toBe(1)
      expect(messages.shift()).toEqual([11])
      expect(messages.pop()).toEqual([9, undefined])
      expect(messages.flatMap(message => message[2])).toEqual([odd, 4, 5])
      port.close()
    }
  )

  it('writes nothing there any more when it has failed in a step', async () => {
    const [here, there] = fakePorts(() => {})
    const served = serveStream(
      here,
      (function* () {
        yield 0
        yield 1
        yield 2
        here.emit('message', numbered(here, ['no message of ours']))
        yield 3
      })(),
      { reportThreadExit: false }
    )
    const memory: Memory = new Int32Array(new SharedArrayBuffer(4 * (HEADER + 16)))
    here.emit('message', numbered(here, [0, 2, 2, 0]))
    here.emit('message', numbered(here, [1, 9, 16, memory]))
    await served
    expect(Atomics.load(memory, WRITTEN)).toBe(1)
    expect([...memory.subarray(HEADER, HEADER + 3)]).toEqual([2, 0, 0])
    expect(bare(there.inbox.at(-1))).toMatchObject([
      10,
      { error: { message: expect.stringContaining('unknown message') } }
    ])
  })

  it.each([
    ['a value', [[4, 77]], [77]],
    ['an error', [[3, encodeThrown(88)]], [undefined, 88]]
  ])(
    'sends by message from the first step that was requested with %s, outside of the credit',
    async (_what, [order], answered) => {
      const { port, memory, messages } = await lending(forgiving())
      say(port, [1, 3, 16, memory])
      await turns()
      say(port, order as unknown[])
      say(port, [1, 2, 0])
      await turns()
      expect(messages.shift()).toEqual([11])
      expect(messages.flatMap(message => message[2])).toEqual([...answered, 5, 6])
      expect(Atomics.load(memory, WRITTEN)).toBe(3)
      port.close()
    }
  )

  it('sends by message also items that were requested before it was lent and are produced later', async () => {
    const [here, there] = fakePorts(() => {})
    const gate = latch()
    const served = serveStream(
      here,
      (async function* (): AsyncGenerator<unknown, void, unknown> {
        yield 0
        await gate.opened
        const given = yield 1
        yield given
      })(),
      { reportThreadExit: false }
    )
    const memory: Memory = new Int32Array(new SharedArrayBuffer(4 * (HEADER + 16)))
    here.emit('message', numbered(here, [0, 2, 2, 0]))
    await turns()
    here.emit('message', numbered(here, [4, 77]))
    here.emit('message', numbered(here, [1, 5, 8, memory]))
    gate.release()
    await served
    expect([...memory.subarray(HEADER, HEADER + 2)]).toEqual([1, 0])
    expect(there.inbox.map(bare)).toEqual([[6, 8, [0]], [11], [6, 8, [77]], [9, undefined]])
  })

  it('does not use it if its items are not numbers', async () => {
    const { port, memory, messages } = await lending(['a', 'b', 'c'])
    say(port, [1, 9, 0, memory])
    await turns()
    expect(messages.flatMap(message => message[2])).toEqual(['c', undefined])
    expect(Atomics.load(memory, WRITTEN)).toBe(0)
    port.close()
  })

  it.each([
    ['that is not shared', new Int32Array(HEADER + 16)],
    ['whose length is not a power of two', new Int32Array(new SharedArrayBuffer(4 * (HEADER + 15)))],
    ['without room', new Int32Array(new SharedArrayBuffer(4 * HEADER))],
    ['of another kind', new Float64Array(new SharedArrayBuffer(8 * (HEADER + 16)))]
  ])('refuses memory %s', async (_what, memory) => {
    const { port, messages } = await lending([0, 2, 2, 0])
    say(port, [1, 9, 16, memory])
    await turns()
    expect(messages[0]?.[0]).toBe(10)
    expect(JSON.stringify(messages[0])).toContain('unknown message')
    port.close()
  })
})
