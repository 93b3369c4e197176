import '../../../tools/live-globals.js'
import { execFile } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { MessageChannel } from 'node:worker_threads'
import { openStream, type StreamPort, serveStream, toAsync } from '@bridge/iter'
import { describe, expect, it, vi } from 'vitest'
import { openFromWorker, piped, turns } from './helpers.js'
import { say } from './raw-end.js'

describe('the event loop', () => {
  it('of a consumer that drains a fast stream turns', async () => {
    const { stream, worker } = await openFromWorker(
      'function* items() { for (let n = 0; n < 1e6; n++) yield n }'
    )
    await stream.next()
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    let count = 1
    const began = performance.now()
    for await (const _ of stream) count++
    const took = performance.now() - began
    clearInterval(timer)
    expect(count).toBe(1e6)
    // The budget is 4 ms; other load on the machine adds to it.
    expect(turns).toBeGreaterThanOrEqual(Math.floor(took / 50))
    await worker.terminate()
  })

  it('has one turn for each 4 ms that a stream is drained, and no more', async () => {
    const { port1, port2 } = new MessageChannel()
    const stream = openStream<number>(port1)
    let time = performance.now() + 1000
    vi.spyOn(performance, 'now').mockImplementation(() => time)
    const first = stream.next()
    say(port2, [7, new Int32Array(8192)])
    await first
    // The wait has scheduled a turn, which must not fall between those that are counted.
    await turns()
    const turn = vi.spyOn(globalThis, 'setImmediate')
    const turnsAfter = async (milliseconds: number): Promise<number> => {
      turn.mockClear()
      time += milliseconds
      for (let n = 0; n < 1000; n++) await stream.next()
      return turn.mock.calls.length
    }
    const taken = [
      await turnsAfter(0),
      await turnsAfter(3),
      await turnsAfter(1),
      await turnsAfter(3),
      await turnsAfter(2)
    ]
    vi.restoreAllMocks()
    expect(taken).toEqual([0, 0, 1, 0, 1])
    port2.close()
  })

  it('has one turn for all streams that are drained, and not one for each', async () => {
    let time = performance.now() + 1000
    vi.spyOn(performance, 'now').mockImplementation(() => time)
    const channels = Array.from({ length: 8 }, () => new MessageChannel())
    const streams = channels.map(({ port1 }) => openStream<number>(port1))
    const firsts = streams.map(stream => stream.next())
    for (const { port2 } of channels) say(port2, [7, new Int32Array(8192)])
    await Promise.all(firsts)
    await turns()
    const turn = vi.spyOn(globalThis, 'setImmediate')
    const drain = async (stream: (typeof streams)[0]): Promise<void> => {
      for (let n = 0; n < 500; n++) await stream.next()
    }
    for (const _ of [1, 2, 3]) {
      await Promise.all(streams.map(drain))
      time += 4
    }
    await Promise.all(streams.map(drain))
    expect(turn.mock.calls).toHaveLength(3)
    vi.restoreAllMocks()
    for (const { port2 } of channels) port2.close()
  })

  it('needs no turn for items that it has just delivered', async () => {
    const { port1, port2 } = new MessageChannel()
    const stream = openStream<number>(port1)
    let time = performance.now() + 1000
    vi.spyOn(performance, 'now').mockImplementation(() => time)
    for (const _ of [1, 2, 3]) {
      const pull = stream.next()
      await turns()
      time += 10
      say(port2, [7, new Int32Array(200)])
      await pull
      const turn = vi.spyOn(globalThis, 'setImmediate')
      for (let n = 1; n < 200; n++) await stream.next()
      expect(turn.mock.calls).toHaveLength(0)
      turn.mockRestore()
    }
    vi.restoreAllMocks()
    port2.close()
  })

  it('of a thread on which many streams are stepped and drained turns', async () => {
    function* numbers() {
      for (let n = 0; n < 20_000; n++) yield n
    }
    const drain = async (): Promise<number> => {
      let count = 0
      for await (const _ of piped(numbers()).stream) count++
      return count
    }
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    expect(await Promise.all(Array.from({ length: 10 }, drain))).toEqual(Array(10).fill(20_000))
    clearInterval(timer)
    expect(turns).toBeGreaterThan(0)
  })

  it('turns whenever toAsync() has used up its budget, and not more often', async () => {
    // A stream of the thread that waited last may have scheduled a turn, which would be one of those that are counted.
    await turns()
    let time = performance.now() + 1000
    vi.spyOn(performance, 'now').mockImplementation(() => time)
    function* numbers() {
      for (let n = 0; n < 100; n++) {
        time += 1
        yield n
      }
    }
    const turn = vi.spyOn(globalThis, 'setImmediate')
    let count = 0
    for await (const _ of toAsync(numbers(), { budget: 10 })) count++
    const taken = turn.mock.calls.length
    vi.restoreAllMocks()
    expect(count).toBe(100)
    expect(taken).toBe(10)
  })
})

it('loses no message of a port that drops messages without a listener, while the event loop turns', async () => {
  const { port1, port2 } = new MessageChannel()
  const emitter = new EventEmitter()
  for (const event of ['message', 'close']) port2.on(event, value => emitter.emit(event, value))
  const port: StreamPort = {
    postMessage: (message, moves) => port2.postMessage(message, moves as never),
    on: emitter.on.bind(emitter),
    off: emitter.off.bind(emitter),
    close: () => port2.close()
  }
  async function* rows() {
    for (let n = 0; n < 60_000; n++) yield { n }
  }
  void serveStream(port1, rows())
  let expected = 0
  for await (const { n } of openStream<{ n: number }>(port)) expect(n).toBe(expected++)
  expect(expected).toBe(60_000)
})

describe('toAsync()', () => {
  it('returns the items in order, the result, and overlapping pulls', async () => {
    function* two() {
      yield 1
      yield 2
      return 'end'
    }
    const iterator = toAsync(two(), { budget: 0 })
    const results = await Promise.all([iterator.next(), iterator.next(), iterator.next()])
    expect(results).toEqual([
      { done: false, value: 1 },
      { done: false, value: 2 },
      { done: true, value: 'end' }
    ])
  })

  it('throws an error at its position, and runs the finally on break', async () => {
    let hasCleaned = false
    function* numbers() {
      try {
        yield 1
        throw new RangeError('two')
      } finally {
        hasCleaned = true
      }
    }
    for await (const _ of toAsync(numbers())) break
    expect(hasCleaned).toBe(true)
    const iterator = toAsync(numbers(), { budget: 0 })
    await iterator.next()
    await expect(iterator.next()).rejects.toThrow('two')
    const mine = new Error('mine')
    await expect(toAsync(numbers()).throw?.(mine)).rejects.toBe(mine)
    // As with a plain iterator that is wrapped into an async one.
    await expect(toAsync([1, 2].values()).throw?.(mine)).rejects.toMatchObject({
      name: 'TypeError',
      cause: mine
    })
  })

  it('awaits items and results that are promises, also for overlapping pulls', async () => {
    function* two() {
      yield Promise.resolve(1)
      yield 2
      return Promise.resolve('end')
    }
    for (const budget of [0, 1000]) {
      const iterator = toAsync(two(), { budget })
      expect(await Promise.all([iterator.next(), iterator.next(), iterator.next()])).toEqual([
        { done: false, value: 1 },
        { done: false, value: 2 },
        { done: true, value: 'end' }
      ])
    }
  })

  it('closes a generator whose item rejects, and reports that, not the error of its finally', async () => {
    let hasCleaned = false
    function* failing() {
      try {
        yield Promise.reject(new RangeError('item'))
      } finally {
        hasCleaned = true
        // biome-ignore lint/correctness/noUnsafeFinally: what it is about
        throw new TypeError('from finally')
      }
    }
    for (const budget of [0, 1000]) {
      hasCleaned = false
      const iterator = toAsync(failing(), { budget })
      await expect(iterator.next()).rejects.toThrow('item')
      expect(hasCleaned).toBe(true)
      expect((await iterator.next()).done).toBe(true)
    }
  })

  it('closes an iterator that answers throw() with a rejected item, and awaits the result of return()', async () => {
    const closed: string[] = []
    const iterator = {
      next: () => ({ done: false, value: 1 }),
      throw: (error: Error) => ({ done: false, value: Promise.reject(error) }),
      return(value?: unknown) {
        closed.push('returned')
        return { done: true, value: Promise.resolve(value) }
      },
      [Symbol.iterator]: () => iterator
    }
    const sliced = toAsync(iterator as Iterable<unknown>)
    await expect(sliced.throw?.(new Error('mine'))).rejects.toThrow('mine')
    expect(closed).toEqual(['returned'])
    expect(await sliced.return?.('left')).toEqual({ done: true, value: 'left' })
  })

  it('refuses what it cannot iterate', () => {
    expect(() => toAsync(5 as never)).toThrow('toAsync(): iterable[Symbol.iterator] must be a function')
    expect(() => toAsync([], { budget: -1 })).toThrow('budget must be a number of milliseconds')
  })
})

describe('progress', () => {
  it('shows what was taken, what has arrived, and about how many bytes', async () => {
    const { stream } = piped([1, 2, 3, 4])
    expect(stream.progress).toEqual({ items: 0, bytes: 0, ahead: 0 })
    await stream.next()
    await stream.next()
    expect(stream.progress).toMatchObject({ items: 2 })
    expect(stream.progress.bytes).toBe(8 * (2 + stream.progress.ahead))
    for await (const _ of stream);
    expect(stream.progress).toEqual({ items: 4, bytes: 32, ahead: 0 })
    expect(stream.control.progress).toEqual(stream.progress)
  })
})

describe('an idle stream', () => {
  it('has no timer and no immediate, and keeps no process alive', async () => {
    const script = `
      import { openStream, serveStream } from '@bridge/iter'
      const { port1, port2 } = new MessageChannel()
      serveStream(port1, (function* () { for (;;) yield 1 })())
      port1.unref()
      const stream = openStream(port2, { highWaterMark: 10 })
      await stream.next()
      await new Promise(setImmediate)
      await new Promise(setImmediate)
      const held = process.getActiveResourcesInfo().filter(kind => /Timeout|Immediate/.test(kind))
      console.log(held.length, stream.progress.items)
    `
    const folder = fileURLToPath(new URL('.', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      cwd: folder,
      timeout: 50_000
    })
    expect(stdout).toBe('0 1\n')
  })
})
