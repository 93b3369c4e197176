import '../../../tools/live-globals.js'
import { MessageChannel } from 'node:worker_threads'
import { type OpenOptions, openStream } from '@bridge/iter'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { collect, turns } from './helpers.js'
import { fakePorts } from './model/fake-port.js'
import { nextMessage, say } from './raw-end.js'

type Memory = Int32Array<SharedArrayBuffer>

// The layout in number-ring.ts.
const WRITTEN = 0
const WAITS = 16
const HEADER = 32
const CAPACITY = 65_536

// Every consumer is fast, so its window grows.
beforeEach(() => {
  vi.spyOn(performance, 'now').mockReturnValue(1000)
})

afterEach(() => {
  vi.restoreAllMocks()
})

/** A stream that has taken the first eighth of its window from this test, which is its producer. */
async function widened(numbers: Int32Array | Float64Array, options: OpenOptions = {}) {
  const { port1, port2 } = new MessageChannel()
  const stream = openStream<unknown>(port1, options)
  const first = stream.next()
  await nextMessage(port2)
  const credit = nextMessage(port2)
  say(port2, [7, numbers])
  await first
  for (let n = 1; n < numbers.length; n++) await stream.next()
  return { stream, port: port2, credit: await credit }
}

/** The same, for a stream that has lent its memory; `write` adds numbers to it. */
async function lent() {
  const { stream, port, credit } = await widened(new Int32Array(1024))
  const memory = credit[3] as Memory
  let written = 0
  const write = (...numbers: number[]): void => {
    for (const number of numbers) memory[HEADER + (written++ % CAPACITY)] = number
    Atomics.store(memory, WRITTEN, written)
  }
  return { stream, port, memory, write }
}

describe('memory for integers', () => {
  it('is lent once to the producer of a consumer that takes them fast, for as many as its window may hold', async () => {
    const { stream, port, credit } = await widened(new Int32Array(1024))
    const memory = credit[3] as Memory
    expect(memory.buffer).toBeInstanceOf(SharedArrayBuffer)
    expect(memory).toHaveLength(HEADER + CAPACITY)
    const next = nextMessage(port)
    say(port, [7, new Int32Array(8192)])
    for (let n = 0; n < 8192; n++) await stream.next()
    expect((await next).slice(0, 2)).toEqual([1, 8192 + 16_384])
    expect(await next).toHaveLength(3)
    port.close()
  })

  it('is not lent for fractions, nor if the window is set', async () => {
    for (const { port, credit } of [
      await widened(new Float64Array(1024).fill(0.5)),
      await widened(new Int32Array(8192), { highWaterMark: 8192 })
    ]) {
      expect(credit[0]).toBe(1)
      expect(credit).toHaveLength(3)
      port.close()
    }
  })

  it('is not lent over a port that is not Node’s', async () => {
    const posted: unknown[][] = []
    const [here, there] = fakePorts(message => posted.push(message))
    const stream = openStream<number>(here)
    const first = stream.next()
    say(there, [7, new Int32Array(1024)])
    here.deliver()
    await first
    for (let n = 1; n < 1024; n++) await stream.next()
    expect(posted.filter(([kind]) => kind === 1)).toEqual([[1, 1024 + 8192, 4096]])
    here.close()
  })

  it('is not lent to more than sixteen streams of a thread at a time', async () => {
    const streams = []
    for (let n = 0; n < 17; n++) streams.push(await widened(new Int32Array(1024)))
    const lentTo = streams.map(({ credit }) => credit[3] !== undefined)
    expect(lentTo).toEqual([...Array(16).fill(true), false])
    const [first, ...others] = streams
    if (first !== undefined) say(first.port, [9, undefined])
    await first?.stream.next()
    others.push(await widened(new Int32Array(1024)))
    expect(others.at(-1)?.credit[3]).toBeInstanceOf(Int32Array)
    for (const { port, stream } of others) {
      port.close()
      await stream.control.ended
    }
  })

  it('is lent again when its producer has ended and all of it was read, and not before', async () => {
    const marked = (memory: Memory): boolean => Atomics.load(memory, HEADER + 5000) === 12_345
    const { stream, port, memory, write } = await lent()
    say(port, [11])
    write(1, 2)
    Atomics.store(memory, HEADER + 5000, 12_345)
    say(port, [9, undefined])
    await stream.control.ended
    const other = await lent()
    expect(marked(other.memory)).toBe(false)
    expect(await collect(stream)).toEqual([1, 2])
    expect(stream.progress).toMatchObject({ ahead: 0 })
    const third = await lent()
    expect(marked(third.memory)).toBe(true)
    expect([Atomics.load(third.memory, WRITTEN), Atomics.load(third.memory, WAITS)]).toEqual([0, 0])
    // A producer that is gone without an end may still be writing.
    third.port.close()
    await third.stream.next().catch(() => {})
    const fourth = await lent()
    expect(marked(fourth.memory)).toBe(false)
    for (const { stream, port } of [other, fourth]) {
      port.close()
      await stream.control.ended
    }
  })

  it('is lent again, once, when its stream was stopped with numbers in it', async () => {
    const { stream, port, memory, write } = await lent()
    say(port, [11])
    write(1, 2, 3)
    const returned = stream.return()
    Atomics.store(memory, HEADER + 6000, 12_345)
    say(port, [9, undefined])
    await returned
    expect(await stream.next()).toEqual({ done: true, value: undefined })
    const others = [await lent(), await lent()]
    expect(others.filter(other => Atomics.load(other.memory, HEADER + 6000) === 12_345)).toHaveLength(1)
    for (const other of others) {
      other.port.close()
      await other.stream.control.ended
    }
  })

  it('is read after earlier messages, and before later ones', async () => {
    const { stream, port, write } = await lent()
    say(port, [7, Int32Array.of(1, 2)])
    say(port, [11])
    write(3, 4)
    say(port, [6, 8, ['five']])
    say(port, [9, 'end'])
    await turns()
    expect(stream.progress).toMatchObject({ items: 1024, ahead: 5 })
    expect(await collect(stream)).toEqual([1, 2, 3, 4, 'five'])
    expect(stream.progress).toMatchObject({ items: 1029, ahead: 0, bytes: 4 * 1028 + 8 })
  })

  it('is read around its end', async () => {
    const { stream, port, write } = await lent()
    say(port, [11])
    const numbers = Array.from({ length: 16_000 }, (_, n) => n)
    for (let round = 1; round <= 9; round++) {
      write(...numbers)
      for (const n of numbers) expect((await stream.next()).value, `round ${round}`).toBe(n)
    }
    port.close()
  })

  it('notifies its reader of more numbers if it found none, and only then', async () => {
    const { stream, port, memory, write } = await lent()
    say(port, [11])
    write(1)
    expect((await stream.next()).value).toBe(1)
    expect(Atomics.load(memory, WAITS)).toBe(0)
    const pull = stream.next()
    await turns()
    expect(Atomics.load(memory, WAITS)).toBe(1)
    write(2)
    say(port, [12])
    expect((await pull).value).toBe(2)
    port.close()
  })

  it('is discarded with the items ahead when the consumer throws, and its credit is granted again', async () => {
    const { stream, port, write } = await lent()
    say(port, [11])
    write(1, 2)
    expect((await stream.next()).value).toBe(1)
    // One more item is in the current batch, this item is not.
    write(3)
    const order = nextMessage(port)
    const thrown = stream.throw(new Error('no more of these'))
    expect((await order)[0]).toBe(3)
    write(4)
    say(port, [12])
    expect((await thrown).value).toBe(4)
    const credit = nextMessage(port)
    for (let n = 0; n < 8192 - 3; n++) write(n)
    for (let n = 0; n < 8192 - 3; n++) expect((await stream.next()).value).toBe(n)
    // All that was written, except the one that the throw requested.
    expect((await credit)[1]).toBe(8192 + 16_384)
    port.close()
  })

  it('returns nothing that was written after its stream was stopped', async () => {
    const { stream, port, write } = await lent()
    say(port, [11])
    write(1, 2)
    expect((await stream.next()).value).toBe(1)
    const returned = stream.return('x')
    write(3, 4)
    say(port, [9, 'x'])
    expect(await returned).toEqual({ done: true, value: 'x' })
    expect(await stream.next()).toEqual({ done: true, value: undefined })
  })

  it('returns nothing after an abort, while its producer continues to write', async () => {
    const { stream, port, write } = await lent()
    say(port, [11])
    write(1)
    expect((await stream.next()).value).toBe(1)
    stream.control.abort(new Error('enough'))
    write(2)
    const pull = stream.next()
    say(port, [9, undefined])
    await expect(pull).rejects.toThrow('enough')
  })

  it('returns nothing after an abort, also if its producer starts to use it only then', async () => {
    const { stream, port, write } = await lent()
    stream.control.abort(new Error('enough'))
    say(port, [11])
    write(1, 2)
    say(port, [9, undefined])
    await expect(stream.next()).rejects.toThrow('enough')
    expect(await stream.next()).toEqual({ done: true, value: undefined })
  })

  it('that was not lent is a violation of the protocol', async () => {
    vi.restoreAllMocks()
    const { port1, port2 } = new MessageChannel()
    const stream = openStream<number>(port1, { closeTimeout: 10 })
    const pull = stream.next()
    await nextMessage(port2)
    say(port2, [11])
    await expect(pull).rejects.toThrow('unknown message [11,0]')
    port2.close()
  })
})
