import { EventEmitter, on } from 'node:events'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { piped } from './helpers.js'

function* reluctant(): Generator<unknown, void, unknown> {
  try {
    for (let n = 0; ; n++) yield n
  } finally {
    yield 'first of finally'
    yield 'second of finally'
  }
}

function* failing(): Generator<number, void, unknown> {
  try {
    for (;;) yield 1
  } finally {
    // biome-ignore lint/correctness/noUnsafeFinally: the error that return() rejects with
    throw new RangeError('in the finally')
  }
}

describe('a stream that is stepped manually', () => {
  it('reports the bytes of items that were requested by the call', async () => {
    function* large() {
      for (let n = 0; ; n++) yield new Uint8Array(100_000).fill(n)
    }
    const { stream } = piped<Uint8Array>(large(), { asked: 8192 }, { asked: 8192 })
    let taken = 0
    for await (const item of stream) {
      expect(item[0]).toBe(taken % 256)
      if (++taken === 100) break
    }
    expect(taken).toBe(100)
  })

  it('answers one return after the other', async () => {
    const { stream } = piped(reluctant())
    await stream.next()
    expect(await Promise.all([stream.return('a'), stream.return('b')])).toEqual([
      { done: false, value: 'first of finally' },
      { done: true, value: 'b' }
    ])
  })

  it('rejects the first of two returns with the error of the finally', async () => {
    const { stream } = piped(failing())
    await stream.next()
    const [first, second] = await Promise.allSettled([stream.return(), stream.return()])
    expect(first).toMatchObject({ status: 'rejected', reason: { message: 'in the finally' } })
    expect(second).toEqual({ status: 'fulfilled', value: { done: true, value: undefined } })
  })

  it.each([{}, { twoWay: true }])(
    'returns to a pull after a return what follows its answer: %j',
    async options => {
      const { stream } = piped(reluctant(), options)
      await stream.next()
      expect(await Promise.all([stream.return('a'), stream.next(), stream.next(), stream.next()])).toEqual([
        { done: false, value: 'first of finally' },
        { done: false, value: 'second of finally' },
        { done: true, value: 'a' },
        { done: true, value: undefined }
      ])
    }
  )

  it('return() waits closeTimeout for a generator that does not answer throw(), and abandons it', async () => {
    async function* catches() {
      try {
        yield 1
      } catch {
        await new Promise(() => {})
      }
    }
    const { stream } = piped(catches(), { closeTimeout: 5 })
    await stream.next()
    const error = new Error('unanswered')
    expect(await Promise.allSettled([stream.throw(error), stream.return('mine')])).toEqual([
      { status: 'rejected', reason: error },
      { status: 'fulfilled', value: { done: true, value: 'mine' } }
    ])
  })

  it('throws into a generator that has not ended after a return', async () => {
    const { stream } = piped(reluctant(), { twoWay: true })
    await stream.next()
    const mine = new RangeError('mine')
    const [returned, thrown] = await Promise.allSettled([stream.return('a'), stream.throw(mine)])
    expect(returned).toMatchObject({ value: { done: false, value: 'first of finally' } })
    expect(thrown).toMatchObject({ status: 'rejected', reason: { message: 'mine' } })
    expect((await stream.next()).done).toBe(true)
  })

  it('refuses a step that is not an iterator result', async () => {
    const emitter = new EventEmitter()
    const events = on(emitter, 'item')
    emitter.emit('item', 1)
    const { stream } = piped(events, { highWaterMark: 0 })
    await stream.next()
    await expect(stream.throw(new Error('mine'))).rejects.toThrow(
      'returned undefined, which is not an iterator result'
    )
  })

  it('ends a silent Readable by a throw', async () => {
    const readable = new Readable({ objectMode: true, read() {} })
    readable.push(1)
    const { stream } = piped(readable)
    await stream.next()
    await expect(stream.throw(new RangeError('mine'))).rejects.toThrow('mine')
    expect(readable.destroyed).toBe(true)
  })

  it('takes a window that is larger than any number of items', async () => {
    const { stream } = piped<number>([1, 2, 3], { highWaterMark: 2 ** 53 })
    const items: number[] = []
    for await (const item of stream) items.push(item)
    expect(items).toEqual([1, 2, 3])
  })
})
