import { getEventListeners } from 'node:events'
import { createRequire } from 'node:module'
import { MessageChannel, Worker } from 'node:worker_threads'
import { notifier, openStream, serveStream, wordBlocker } from '@bridge/iter'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collect, latch, piped, turns } from './helpers.js'
import { say } from './raw-end.js'

const cloneable = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true
})

describe('a stream over a port', () => {
  it('returns whatever a generator yields, in order, with any window', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(cloneable), fc.integer({ min: 1, max: 9 }), async (items, highWaterMark) => {
        expect(await collect(piped(items, { highWaterMark }).stream)).toEqual(structuredClone(items))
      }),
      { numRuns: 60 }
    )
  })

  it.each([
    ['an array', [1, 2, 3]],
    ['a Set', new Set([1, 2, 3])],
    ['an iterator', [1, 2, 3].values()],
    [
      'an async generator',
      (async function* () {
        yield* [1, 2, 3]
      })()
    ],
    ['a generator of promises', [Promise.resolve(1), Promise.resolve(2), 3].values()]
  ])('takes %s', async (_what, input) => {
    expect(await collect(piped(input).stream)).toEqual([1, 2, 3])
  })

  it('returns the result of the generator', async () => {
    const { stream } = piped(
      (function* () {
        yield 1
        return 'the end'
      })()
    )
    expect(await stream.next()).toEqual({ done: false, value: 1 })
    expect(await stream.next()).toEqual({ done: true, value: 'the end' })
    expect(await stream.next()).toEqual({ done: true, value: undefined })
  })

  it('runs nothing before the first pull', async () => {
    let hasRun = false
    const { stream } = piped(
      (function* () {
        hasRun = true
        yield 1
      })()
    )
    await new Promise(setImmediate)
    expect(hasRun).toBe(false)
    await stream.next()
    expect(hasRun).toBe(true)
    await stream.return()
  })

  it('never delays an item of a slow generator until the next, nor its stop by more than one', async () => {
    let sent = 0
    const sentBefore: number[] = []
    const slow = function* () {
      for (let n = 0; n < 50; n++) {
        for (const began = performance.now(); performance.now() < began + 6; );
        sentBefore.push(sent)
        yield n
      }
    }
    const { stream } = piped<number>(slow(), {}, { onSend: () => sent++ })
    for await (const n of stream) if (n === 3) break
    expect(sentBefore.slice(0, 4)).toEqual([0, 1, 2, 3])
    expect(sentBefore.length).toBeLessThan(10)
  })

  it('answers overlapping pulls in their order', async () => {
    const { stream } = piped([1, 2, 3])
    const results = await Promise.all([stream.next(), stream.next(), stream.next(), stream.next()])
    expect(results.map(result => result.value)).toEqual([1, 2, 3, undefined])
  })

  it('answers a pull after the waiting ones, also if earlier ones have ended', async () => {
    const { port1, port2 } = new MessageChannel()
    const stream = openStream<number>(port1)
    const first = stream.next()
    const second = stream.next()
    say(port2, [6, 8, [1]])
    expect((await first).value).toBe(1)
    const third = stream.next()
    say(port2, [6, 8, [2]])
    expect((await second).value).toBe(2)
    say(port2, [6, 8, [3]])
    expect((await third).value).toBe(3)
    port2.close()
  })

  it('throws an error after the items before it, once', async () => {
    const { stream } = piped(
      (function* () {
        yield 1
        throw new RangeError('two is too many')
      })()
    )
    expect(await stream.next()).toEqual({ done: false, value: 1 })
    await expect(stream.next()).rejects.toThrow(new RangeError('two is too many'))
    expect(await stream.next()).toEqual({ done: true, value: undefined })
  })

  it('names an item that cannot be cloned', async () => {
    await expect(collect(piped([1, () => 2]).stream)).rejects.toMatchObject({ code: 'BRIDGE_NOT_CLONEABLE' })
  })

  it('clones an item when it is yielded, not when it is sent', async () => {
    function* reuse() {
      const item = { n: 0 }
      for (; item.n < 3; item.n++) yield item
    }
    expect(await collect(piped(reuse()).stream)).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }])
  })
})

describe('backpressure', () => {
  it('keeps the producer ahead by at most the window', async () => {
    let produced = 0
    function* count() {
      for (;;) yield ++produced
    }
    const { stream } = piped(count(), { highWaterMark: 10 })
    for (let n = 1; n <= 3; n++) await stream.next()
    await new Promise(setImmediate)
    await new Promise(setImmediate)
    expect(produced).toBeLessThanOrEqual(3 + 10)
    await stream.return()
  })

  it('makes an item when it is pulled, if nothing may be ahead', async () => {
    let produced = 0
    function* count() {
      for (;;) yield ++produced
    }
    const { stream } = piped(count(), { highWaterMark: 0 })
    for (let n = 1; n <= 20; n++) {
      expect((await stream.next()).value).toBe(n)
      await turns(1)
      expect(produced).toBe(n)
    }
    await stream.return()
  })

  it('sends an item while the next one is still being made', async () => {
    const second = latch()
    async function* slow() {
      yield 1
      await second.opened
      yield 2
    }
    const { stream } = piped(slow())
    expect((await stream.next()).value).toBe(1)
    second.release()
    expect((await stream.next()).value).toBe(2)
    await stream.return()
  })

  it('lets the thread of a synchronous producer do other work', async () => {
    function* busy() {
      for (;;) yield 0
    }
    const { stream } = piped(busy(), { highWaterMark: 1e9 })
    let turns = 0
    const pulled = stream.next()
    const count = (): void => {
      turns += 1
    }
    setImmediate(count)
    await pulled
    await new Promise(setImmediate)
    expect(turns).toBe(1)
    await stream.return()
  })
})

describe('stopping', () => {
  it('by break has run the finally of the generator before the next statement', async () => {
    let hasCleaned = false
    function* endless() {
      try {
        for (let n = 0; ; n++) yield n
      } finally {
        hasCleaned = true
      }
    }
    for await (const n of piped<number>(endless()).stream) if (n === 2) break
    expect(hasCleaned).toBe(true)
  })

  it('throws the error of the finally', async () => {
    function* grumpy() {
      try {
        yield 1
        yield 2
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: it is what is tested
        throw new RangeError('in finally')
      }
    }
    const { stream } = piped(grumpy(), { highWaterMark: 1 })
    await stream.next()
    await expect(stream.return()).rejects.toThrow('in finally')
  })

  it('waits at most closeTimeout for a finally that never ends', async () => {
    async function* stuck() {
      try {
        yield 1
        yield 2
      } finally {
        await new Promise(() => {})
      }
    }
    const { stream } = piped(stuck(), { highWaterMark: 1, closeTimeout: 10 })
    await stream.next()
    expect(await stream.return()).toEqual({ done: true, value: undefined })
  })

  it('twice, or before the first item, never hangs', async () => {
    const { stream, served } = piped([1, 2])
    expect(await stream.return('first')).toEqual({ done: true, value: 'first' })
    expect(await stream.return('second')).toEqual({ done: true, value: 'second' })
    await served
  })

  it('by abort rejects the pending pull with the reason and notifies the producer', async () => {
    const told = latch<unknown>()
    async function* pending() {
      await told.opened
      yield 1
    }
    const { stream, served } = piped(pending(), {}, { onStop: told.release })
    const pull = stream.next()
    stream.control.abort(new Error('enough'))
    await expect(pull).rejects.toThrow('enough')
    expect(await told.opened).toMatchObject({ message: 'enough' })
    await served
  })

  it('removes its listeners and closes both ports', async () => {
    const { stream, served, port1, port2 } = piped([1, 2, 3])
    expect(await collect(stream)).toEqual([1, 2, 3])
    await served
    await stream.control.ended
    for (const port of [port1, port2])
      expect(getEventListeners(port as unknown as EventTarget, 'message')).toHaveLength(0)
  })

  it('is reported to a consumer whose producer is gone', async () => {
    const { stream, port1 } = piped(
      (async function* () {
        yield 1
        await new Promise(() => {})
      })()
    )
    await stream.next()
    const pull = stream.next()
    port1.close()
    await expect(pull).rejects.toMatchObject({ code: 'BRIDGE_WORKER_LOST' })
  })

  it('reaches a producer whose consumer is gone', async () => {
    let hasCleaned = false
    function* endless() {
      try {
        for (;;) yield 0
      } finally {
        hasCleaned = true
      }
    }
    const { stream, served, port2 } = piped(endless())
    await stream.next()
    port2.close()
    await served
    expect(hasCleaned).toBe(true)
  })
})

describe('a two-way stream', () => {
  it('passes the generator the values of next()', async () => {
    function* conversation() {
      const answers: unknown[] = [yield 'first']
      answers.push(yield 'second')
      return answers
    }
    const { stream } = piped(conversation(), { twoWay: true })
    expect(await stream.next('lost')).toEqual({ done: false, value: 'first' })
    expect(await stream.next('a')).toEqual({ done: false, value: 'second' })
    expect(await stream.next('b')).toEqual({ done: true, value: ['a', 'b'] })
  })

  it('refuses a value that cannot be cloned, and continues', async () => {
    function* echo(): Generator<unknown, void, unknown> {
      for (let value: unknown = 'first'; ; ) value = yield value
    }
    const { stream } = piped(echo(), { twoWay: true })
    expect((await stream.next()).value).toBe('first')
    await expect(stream.next(() => 1)).rejects.toMatchObject({ code: 'BRIDGE_NOT_CLONEABLE' })
    expect((await stream.next('second')).value).toBe('second')
    const mine = () => 'mine'
    expect(await stream.return(mine)).toEqual({ done: true, value: mine })
  })

  it('produces nothing ahead', async () => {
    let produced = 0
    function* count() {
      for (;;) yield ++produced
    }
    const { stream } = piped(count(), { twoWay: true })
    await stream.next()
    await stream.next()
    await new Promise(setImmediate)
    expect(produced).toBe(2)
    await stream.return()
  })

  it('throws into the generator at its current position, which may continue', async () => {
    function* forgiving() {
      try {
        yield 1
      } catch (error) {
        yield `caught ${(error as Error).message}`
      }
    }
    const { stream } = piped(forgiving(), { twoWay: true })
    expect((await stream.next()).value).toBe(1)
    expect((await stream.throw(new Error('this'))).value).toBe('caught this')
    expect((await stream.next()).done).toBe(true)
  })

  it('is done when the generator swallows the throw and ends', async () => {
    function* swallowing() {
      try {
        yield 1
      } catch {}
    }
    const { stream } = piped(swallowing(), { twoWay: true })
    await stream.next()
    expect(await stream.throw(new Error('this'))).toEqual({ done: true, value: undefined })
  })

  it('rejects with an error that the generator does not catch', async () => {
    const { stream } = piped(
      (function* () {
        yield 1
      })(),
      { twoWay: true }
    )
    await stream.next()
    await expect(stream.throw(new RangeError('that'))).rejects.toThrow(new RangeError('that'))
  })
})

describe('a blocking consumer', () => {
  it('takes the items of another thread in a plain for', async () => {
    const { port1, port2 } = new MessageChannel()
    const word = new Int32Array(new SharedArrayBuffer(4))
    const source = `
      const { workerData } = require('node:worker_threads')
      const { serveStream, notifier } = require(${JSON.stringify(createRequire(import.meta.url).resolve('@bridge/iter'))})
      async function* squares() { for (let n = 0; n < 5; n++) { await null; yield n * n } }
      serveStream(workerData.port, squares(), { onSend: notifier(workerData.word) })
    `
    const worker = new Worker(source, {
      eval: true,
      workerData: { port: port1, word },
      transferList: [port1]
    })
    const stream = openStream<number>(port2, { blocker: wordBlocker(word) })
    expect([...stream]).toEqual([0, 1, 4, 9, 16])
    await worker.terminate()
  })

  it('is refused without a blocker', () => {
    const { stream } = piped([1])
    expect(() => [...stream]).toThrow('the option blocker is needed for a blocking for')
  })

  it('wakes by its notifier', () => {
    const word = new Int32Array(new SharedArrayBuffer(4))
    let asked = 0
    wordBlocker(word).blockUntil(() => {
      notifier(word)()
      return ++asked === 3
    })
    expect(asked).toBe(3)
  })
})

describe('invalid arguments', () => {
  it('are refused at the call', () => {
    const { port1 } = new MessageChannel()
    expect(() => serveStream('port' as never, [])).toThrow(
      "serveStream(): port must be a MessagePort, got 'port'"
    )
    expect(() => serveStream(port1, 42 as never)).toThrow(
      'serveStream(): input[Symbol.iterator] must be a function'
    )
    expect(() => openStream({} as never)).toThrow('openStream(): port must be a MessagePort, got {}')
    expect(() => openStream(port1, { highWaterMark: 0.5 })).toThrow(
      'highWaterMark must be a whole number of at least 0, got 0.5'
    )
    expect(() => openStream(port1, { closeTimeout: -1 })).toThrow(
      'closeTimeout must be a number of milliseconds'
    )
    port1.close()
  })
})
