import { MessageChannel } from 'node:worker_threads'
import { transfer } from '@bridge/core/executor'
import {
  type Beginning,
  openStream,
  type StreamInput,
  StreamOpening,
  serveStream,
  wordBlocker
} from '@bridge/iter'
import { describe, expect, it, onTestFinished } from 'vitest'
import { collect, latch, turns } from './helpers.js'

/** What a stream of `input` was told to begin with, and how it is opened. */
function begun(input: StreamInput, { asked = 100, wait = Infinity } = {}) {
  const told: Beginning[] = []
  const { port1, port2 } = new MessageChannel()
  onTestFinished(() => port2.close())
  const opening = new StreamOpening(beginning => {
    told.push(structuredClone(beginning, { transfer: [...beginning.moves] as [] }))
    return beginning.isWhole ? undefined : port1
  }, wait)
  const served = serveStream(opening, input, { asked })
  const open = <T>(options: object = {}) => {
    const [{ messages, isWhole } = { messages: [], isWhole: false }] = told
    return openStream<T>(isWhole ? undefined : port2, { asked, begun: messages, ...options })
  }
  return { told, opening, served, open }
}

async function* later<T>(items: Iterable<T>) {
  yield* items
  return 'all'
}

describe('a stream that is told of when it has begun', () => {
  it.each([
    ['a list', () => [1, 2, 3], [1, 2, 3]],
    ['an asynchronous generator', () => later([1, 2, 3]), [1, 2, 3]],
    ['one of no items', () => [], []]
  ])('is whole and needs no port where it has ended by then: %s', async (_, make, items) => {
    const { told, served, open } = begun(make())
    await served
    expect(told).toMatchObject([{ isWhole: true }])
    expect(await collect(open())).toEqual(items)
  })

  it('gives its return value, and its error after its items', async () => {
    const returns = begun(later([1]))
    await returns.served
    const stream = returns.open()
    expect([await stream.next(), await stream.next()]).toEqual([
      { done: false, value: 1 },
      { done: true, value: 'all' }
    ])
    const fails = begun(
      (function* () {
        yield 1
        throw new RangeError('two')
      })()
    )
    await fails.served
    const failing = fails.open()
    expect(await failing.next()).toEqual({ done: false, value: 1 })
    await expect(failing.next()).rejects.toThrow(new RangeError('two'))
    expect(fails.told).toMatchObject([{ isWhole: true }])
  })

  it('can be blocked on, whole', async () => {
    const { served, open } = begun([1, 2, 3])
    await served
    const word = new Int32Array(new SharedArrayBuffer(4))
    expect([...open({ blocker: wordBlocker(word) })]).toEqual([1, 2, 3])
  })

  it('goes on over the port from where it has begun, when more is asked for', async () => {
    const { told, open } = begun(
      Array.from({ length: 1000 }, (_, n) => n),
      { asked: 10 }
    )
    await turns()
    expect(told).toMatchObject([{ isWhole: false }])
    expect(await collect(open())).toEqual(Array.from({ length: 1000 }, (_, n) => n))
    expect(told).toHaveLength(1)
  })

  it('is told of at the next turn where a step waits, with the items before', async () => {
    const { opened, release } = latch()
    const { told, open } = begun(
      (async function* () {
        yield 'before'
        await opened
        yield 'after'
      })()
    )
    expect(told).toEqual([])
    await turns()
    expect(told).toHaveLength(1)
    const stream = open<string>()
    expect(await stream.next()).toEqual({ done: false, value: 'before' })
    release()
    expect(await collect(stream)).toEqual(['after'])
  })

  it('is told of at the first item where that has waited too long', async () => {
    const { told, open } = begun([1, 2, 3], { wait: 0 })
    expect(told).toMatchObject([{ isWhole: false }])
    expect(told[0]?.messages).toHaveLength(1)
    expect(await collect(open())).toEqual([1, 2, 3])
  })

  it('is told of at once by begin(), with nothing', async () => {
    const { told, opening, open } = begun([1, 2], { asked: 0 })
    opening.begin()
    expect(told).toMatchObject([{ messages: [], isWhole: false }])
    expect(await collect(open())).toEqual([1, 2])
  })

  it('moves what is transferred', async () => {
    const { buffer } = new Uint8Array([1, 2, 3])
    const { told, served, open } = begun([transfer({ buffer }, [buffer])])
    await served
    expect(told[0]?.moves).toHaveLength(1)
    const [item] = await collect(open<{ buffer: ArrayBuffer }>())
    expect([...new Uint8Array(item?.buffer ?? new ArrayBuffer())]).toEqual([1, 2, 3])
    expect(buffer.byteLength).toBe(0)
  })

  it('brings a return value that is no plain one by the port, and tells of one that can not be sent', async () => {
    const returning = (value: unknown) =>
      (function* () {
        yield 1
        return value
      })()
    const map = begun(returning(new Map([[1, 2]])))
    expect(map.told).toMatchObject([{ isWhole: false }])
    const stream = map.open()
    await stream.next()
    expect(await stream.next()).toEqual({ done: true, value: new Map([[1, 2]]) })
    const symbol = begun(returning(Symbol('s'))).open()
    await symbol.next()
    await expect(symbol.next()).rejects.toMatchObject({ code: 'BRIDGE_NOT_CLONEABLE' })
  })

  it('tells of an item that can not be sent', async () => {
    const { served, open } = begun([1, () => 2])
    await served
    const stream = open()
    await stream.next()
    await expect(stream.next()).rejects.toMatchObject({ code: 'BRIDGE_NOT_CLONEABLE' })
  })

  it('returns its generator when it is left', async () => {
    let hasCleanedUp = false
    const { served, open } = begun(
      (function* () {
        try {
          for (let n = 0; ; n++) yield n
        } finally {
          hasCleanedUp = true
        }
      })()
    )
    await turns()
    for await (const n of open<number>()) if (n === 3) break
    await served
    expect(hasCleanedUp).toBe(true)
  })
})

describe('openStream() without a port', () => {
  it('fails where it is not the whole stream, or none at all', async () => {
    for (const messages of [[], [[6, 0, 8, [1]]], [['nonsense']], [[9, 5, undefined]]]) {
      const stream = openStream(undefined, { asked: 1, begun: messages })
      await expect(collect(stream)).rejects.toThrow(/^stream: /)
    }
  })

  it('is refused without a beginning, and a beginning that is none', () => {
    expect(() => openStream(undefined)).toThrow('port must be a MessagePort')
    expect(() => openStream(undefined, { begun: 'x' as never })).toThrow('begun must be')
  })
})
