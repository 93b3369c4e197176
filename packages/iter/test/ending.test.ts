import '../../../tools/live-globals.js'
import { getEventListeners } from 'node:events'
import { type PortStream, receiveStream, sendStream, withItemTimeout, wordBlocker } from '@bridge/iter'
import { describe, expect, it, vi } from 'vitest'
import { collect, latch, openFromWorker, piped, turns } from './helpers.js'

type AnyStream = PortStream<unknown>

async function* never() {
  await new Promise(() => {})
  yield 1
}

function* endless(onEnd: () => void = () => {}) {
  try {
    for (let n = 0; ; n++) yield n
  } finally {
    onEnd()
  }
}

describe('a stream that is returned twice', () => {
  it('waits for the finally that the first return has started', async () => {
    const gate = latch()
    let hasCleaned = false
    async function* slowly() {
      try {
        yield 1
      } finally {
        await gate.opened
        hasCleaned = true
      }
    }
    const { stream } = piped(slowly(), { highWaterMark: 0, closeTimeout: Number.POSITIVE_INFINITY })
    await stream.next()
    const returned = [stream.return(), stream.return()]
    let isOver = false
    for (const one of returned) void one.then(() => (isOver = true))
    await turns(5)
    expect(isOver).toBe(false)
    gate.release()
    await Promise.all(returned)
    expect(hasCleaned).toBe(true)
  })
})

describe('a limit of a stream', () => {
  it('on the whole stream aborts the pull and the producer', async () => {
    const told = latch<unknown>()
    const { stream } = piped(never(), { timeout: 5, closeTimeout: 5 }, { onStop: told.release })
    await expect(stream.next()).rejects.toMatchObject({ code: 'BRIDGE_TIMEOUT', timeout: 5 })
    expect(await told.opened).toMatchObject({ code: 'BRIDGE_TIMEOUT' })
    expect(await stream.next()).toEqual({ done: true, value: undefined })
  })

  it('on the whole stream ends a stream that is drained without waiting', async () => {
    let hasCleaned = false
    const { stream } = piped(
      endless(() => {
        hasCleaned = true
      }),
      { timeout: 20 }
    )
    await expect(collect(stream)).rejects.toMatchObject({ code: 'BRIDGE_TIMEOUT' })
    expect(hasCleaned).toBe(true)
  })

  it('on an item counts from its pull', async () => {
    const second = latch()
    const { stream } = piped(
      (async function* () {
        yield 1
        await second.opened
      })(),
      { itemTimeout: 5, closeTimeout: 5 }
    )
    expect((await stream.next()).value).toBe(1)
    await expect(stream.next()).rejects.toThrow('the stream gave no item within 5 ms (its itemTimeout)')
    second.release()
  })

  it('on an item may end the stream in another way', async () => {
    const { stream } = piped(never(), {
      itemTimeout: 5,
      closeTimeout: 5,
      onItemLate: () => stream.control.abort(new Error('another way'))
    })
    await expect(stream.next()).rejects.toThrow('another way')
  })

  it('on an item may be longer than a timer can wait', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    try {
      for (const itemTimeout of [2 ** 31, Infinity]) {
        const failed = vi.fn()
        const { stream } = piped(never(), { itemTimeout })
        stream.next().catch(failed)
        const limited = withItemTimeout(never(), itemTimeout)
        limited.next().catch(failed)
        await turns()
        // One month.
        vi.advanceTimersByTime(Math.min(itemTimeout, 2 ** 31) - 10)
        await turns()
        expect(failed).not.toHaveBeenCalled()
        stream.control.fail(new Error('the test has ended'))
      }
    } finally {
      vi.useRealTimers()
    }
  })

  it('by a signal rejects with its reason, and its listener is removed when the stream has ended', async () => {
    const controller = new AbortController()
    const { stream } = piped(never(), { signal: controller.signal, closeTimeout: 5 })
    const pull = stream.next()
    controller.abort(new RangeError('enough'))
    await expect(pull).rejects.toThrow(new RangeError('enough'))
    const other = new AbortController()
    expect(await collect(piped([1], { signal: other.signal }).stream)).toEqual([1])
    expect(getEventListeners(other.signal, 'abort')).toHaveLength(0)
  })

  it('notifies a producer that waits, also if its stream was returned before', async () => {
    const told = latch<unknown>()
    const begun = latch()
    async function* waits() {
      begun.release()
      yield* never()
    }
    const { stream } = piped(waits(), { closeTimeout: 5 }, { onStop: told.release })
    const pull = stream.next()
    await begun.opened
    const returned = stream.return()
    stream.control.abort(new RangeError('enough'))
    expect(await told.opened).toMatchObject({ message: 'the consumer has stopped the stream' })
    await expect(pull).rejects.toThrow('enough')
    expect(await returned).toEqual({ done: true, value: undefined })
  })

  it.each([
    ['aborted', (stream: AnyStream) => stream.control.abort(new Error('enough'))],
    ['returned', (stream: AnyStream) => void stream.return()]
  ])('leaves nothing open of a stream that is %s and whose producer never ends', async (_how, stop) => {
    const closed = latch()
    const { stream, port1 } = piped(never(), { closeTimeout: 5 })
    port1.on('close', closed.release)
    stream.next().catch(() => {})
    stop(stream)
    await stream.control.ended
    await closed.opened
    expect(await stream.next()).toEqual({ done: true, value: undefined })
  })

  it('that was reached before the first pull rejects it', async () => {
    const { stream } = piped([1], { signal: AbortSignal.abort(new Error('no')) })
    await expect(stream.next()).rejects.toThrow('no')
  })

  it('on an item of any async iterable returns it', async () => {
    let hasReturned = false
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<IteratorResult<number>>(() => {}),
        return: async () => {
          hasReturned = true
          return { done: true as const, value: undefined }
        }
      })
    }
    await expect(collect(withItemTimeout(source, 5))).rejects.toMatchObject({ code: 'BRIDGE_TIMEOUT' })
    expect(hasReturned).toBe(true)
    expect(await collect(withItemTimeout(piped([1, 2]).stream, 5000))).toEqual([1, 2])
  })
})

describe('a limit of a blocking for', () => {
  it('on the whole stream is checked between available items', async () => {
    const { stream, worker } = await openFromWorker('function* items() { for (let n = 0; ; n++) yield n }', {
      timeout: 30
    })
    expect(() => {
      for (const _ of stream);
    }).toThrow('the stream did not end within 30 ms')
    await worker.terminate()
  })

  it('on an item ends the wait', async () => {
    const { stream, worker } = await openFromWorker(
      'async function* items() { yield 1; await new Promise(() => {}) }',
      { itemTimeout: 20, closeTimeout: 5 }
    )
    const got: unknown[] = []
    expect(() => {
      for (const item of stream) got.push(item)
    }).toThrow('the stream gave no item within 20 ms')
    expect(got).toEqual([1])
    await worker.terminate()
  })

  it('on an item reports a producer that does not end then', async () => {
    const stuck = vi.fn()
    const { stream, worker } = await openFromWorker('function* items() { yield 1; for (;;); }', {
      itemTimeout: 20,
      closeTimeout: 5,
      onStuck: stuck
    })
    expect(() => [...stream]).toThrow('the stream gave no item within 20 ms')
    expect(stuck).toHaveBeenCalledTimes(1)
    await worker.terminate()
  })

  it('lets its blocker poll from time to time', async () => {
    let looks = 0
    const word = new Int32Array(new SharedArrayBuffer(4))
    const blocker = { ...wordBlocker(word), poll: () => void looks++ }
    const { stream, worker } = await openFromWorker(
      'function* items() { for (let n = 0; n < 9999; n++) yield n }',
      {
        word,
        blocker
      }
    )
    expect([...stream]).toHaveLength(9999)
    expect(looks).toBeGreaterThan(100)
    await worker.terminate()
  })
})

describe('a producer that is lost', () => {
  it.each([
    ['exits', 'process.exit(3)'],
    [
      'throws an uncaught error',
      'setImmediate(() => { throw new Error("lost") }); await new Promise(() => {})'
    ]
  ])('that %s is reported to a consumer that blocks', async (_how, end) => {
    const { stream, worker } = await openFromWorker(`async function* items() { yield 1; ${end}; yield 2 }`)
    worker.on('error', () => {})
    expect(() => [...stream]).toThrow('the thread that produced this stream has ended')
    await worker.terminate()
  })

  it('is reported to a consumer that waits, after the items before it', async () => {
    const { stream, worker } = await openFromWorker(
      'async function* items() { yield 1; await new Promise(() => {}) }'
    )
    expect(await stream.next()).toEqual({ done: false, value: 1 })
    const pull = stream.next()
    void worker.terminate()
    await expect(pull).rejects.toMatchObject({ code: 'BRIDGE_WORKER_LOST' })
  })
})

describe('an item that rejects', () => {
  const rejected = () => Promise.reject(new RangeError('item'))

  function* failing(item: () => unknown, told: string[]) {
    try {
      yield 1
      yield item()
      told.push('stepped on')
    } finally {
      told.push('finally')
    }
  }

  it('closes the generator, on the awaited side and in the context of its steps', async () => {
    const told: string[] = []
    let depth = 0
    const enter = <S>(steps: () => S): S => {
      depth++
      try {
        return steps()
      } finally {
        depth--
      }
    }
    const inStep = () => told.push(depth > 0 ? 'inside' : 'outside')
    function* items() {
      try {
        yield rejected()
      } finally {
        inStep()
      }
    }
    const { stream, served } = piped(items(), {}, { enter })
    await expect(stream.next()).rejects.toThrow('item')
    await served
    expect(told).toEqual(['inside'])
    expect(await stream.next()).toEqual({ done: true, value: undefined })
  })

  it('closes the generator for a stream that was sent', async () => {
    const told: string[] = []
    const sent = sendStream(failing(rejected, told))
    await expect(collect(receiveStream(sent))).rejects.toThrow('item')
    await sent.ended
    expect(told).toEqual(['finally'])
  })

  it('closes the generator of a consumer that blocks', async () => {
    const told = new Int32Array(new SharedArrayBuffer(4))
    const { stream, worker } = await openFromWorker(`
      let told
      parentPort.once('message', given => { told = given })
      function* items() {
        try { yield 1; yield Promise.reject(new RangeError('item')) } finally { Atomics.add(told, 0, 1) }
      }`)
    worker.postMessage(told)
    expect(() => [...stream]).toThrow('item')
    expect(Atomics.load(told, 0)).toBe(1)
    await worker.terminate()
  })

  it('may also be one whose then cannot be read', async () => {
    const told: string[] = []
    const item = () =>
      Object.defineProperty({}, 'then', {
        get() {
          throw new RangeError('getter')
        }
      })
    await expect(collect(piped(failing(item, told)).stream)).rejects.toThrow('getter')
    expect(told).toEqual(['finally'])
  })

  it('closes an iterator with a return(), once, and an error of that is not reported', async () => {
    const returns = vi.fn(() => {
      throw new TypeError('from return')
    })
    const iterator = { next: () => ({ done: false, value: rejected() }), return: returns }
    await expect(collect(piped(iterator as never).stream)).rejects.toThrow('item')
    expect(returns).toHaveBeenCalledTimes(1)
  })

  it('closes nothing if it is the result, or if next() itself throws', async () => {
    const returns = vi.fn()
    const result = { next: () => ({ done: true, value: rejected() }), return: returns }
    await expect(collect(piped(result as never).stream)).rejects.toThrow('item')
    const throws = {
      next() {
        throw new RangeError('next')
      },
      return: returns
    }
    await expect(collect(piped(throws as never).stream)).rejects.toThrow('next')
    expect(returns).not.toHaveBeenCalled()
  })

  it('is awaited like a result that is a promise', async () => {
    const { stream } = piped({ next: () => ({ done: true, value: Promise.resolve('result') }) } as never)
    expect(await stream.next()).toEqual({ done: true, value: 'result' })
  })
})

describe('throw() at a consumer', () => {
  it('grants credit again for the items that it discards', async () => {
    function* forgiving() {
      for (let n = 0; ; n++) {
        try {
          yield n
        } catch {}
      }
    }
    const { stream } = piped<number>(forgiving(), { highWaterMark: 4 })
    for (let n = 0; n < 20; n++) {
      expect((await stream.next()).done).toBe(false)
      expect((await stream.throw(new Error('drop'))).done).toBe(false)
    }
    await stream.return()
  })
})
