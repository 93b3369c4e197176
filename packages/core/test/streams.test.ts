import { Readable } from 'node:stream'
import { inspect } from 'node:util'
import { bridge } from '@bridge/core'
import { describe, expect, test } from 'vitest'
import { collect } from './collect.js'

const log: string[] = []
const logged = () => log.splice(0)

const count = bridge(function* count(limit: number): Generator<number, string, string> {
  try {
    for (let n = 1; n <= limit; n++) log.push(`got ${yield n}`)
    return 'counted'
  } finally {
    log.push('finally')
  }
})
const countLater = bridge(async function* countLater(limit: number): AsyncGenerator<number, string, string> {
  try {
    for (let n = 1; n <= limit; n++) log.push(`got ${yield n}`)
    return 'counted'
  } finally {
    await null
    log.push('finally')
  }
})

describe.each([
  ['generator', count],
  ['async generator', countLater]
] as const)("a local %s's call", (_, numbers) => {
  test('is streamed by for await, in order', async () => {
    expect(await collect(numbers(3))).toEqual([1, 2, 3])
  })

  test('may be empty', async () => {
    expect(await collect(numbers(0))).toEqual([])
  })

  test('awaited gives a stream, which is not thenable and prints its function', async () => {
    const stream = await numbers(2)
    expect('then' in stream).toBe(false)
    expect(inspect(stream)).toMatch(/^Stream count/)
    expect(await collect(stream)).toEqual([1, 2])
  })

  test('runs its finally by the statement after break', async () => {
    logged()
    for await (const n of numbers(1e9)) if (n === 2) break
    expect(logged().at(-1)).toBe('finally')
  })

  test('runs its finally by the statement after an error in the body', async () => {
    logged()
    await expect(async () => {
      for await (const _ of numbers(1e9)) throw new Error('body')
    }).rejects.toThrow('body')
    expect(logged()).toEqual(['finally'])
  })

  test('closed before its first item runs nothing', async () => {
    logged()
    const items = numbers(3)[Symbol.asyncIterator]()
    expect(await items.return?.('x')).toEqual({ done: true, value: 'x' })
    expect(logged()).toEqual([])
  })

  test('can be closed twice, and is done', async () => {
    const items = (await numbers(3))[Symbol.asyncIterator]()
    await items.next()
    await items.return()
    expect(await items.return()).toMatchObject({ done: true })
    expect(await items.next()).toEqual({ done: true, value: undefined })
  })

  test('is disposed by asyncDispose', async () => {
    logged()
    const stream = await numbers(3)
    await stream[Symbol.asyncIterator]().next()
    await stream[Symbol.asyncDispose]()
    expect(logged()).toEqual(['finally'])
  })

  test('receives next(v) and return(v), and gives its return value', async () => {
    logged()
    const items = (await numbers(2))[Symbol.asyncIterator]()
    expect(await items.next()).toEqual({ done: false, value: 1 })
    expect(await items.next('a')).toEqual({ done: false, value: 2 })
    expect(await items.next('b')).toEqual({ done: true, value: 'counted' })
    expect(logged()).toEqual(['got a', 'got b', 'finally'])
    const stopped = (await numbers(2))[Symbol.asyncIterator]()
    await stopped.next()
    expect(await stopped.return('early')).toEqual({ done: true, value: 'early' })
  })

  test('receives throw(e), and rejects with it', async () => {
    logged()
    const items = (await numbers(2))[Symbol.asyncIterator]()
    await items.next()
    const error = new Error('thrown in')
    await expect(items.throw(error)).rejects.toBe(error)
    expect(logged()).toEqual(['finally'])
  })

  test('is a source for streams of Node', async () => {
    expect(await Readable.from(await numbers(3)).toArray()).toEqual([1, 2, 3])
    expect(await collect(ReadableStream.from(numbers(3)))).toEqual([1, 2, 3])
  })
})

describe("a synchronous generator's call", () => {
  test('is streamed by a blocking for, and break runs its finally', () => {
    logged()
    expect([...count(3)]).toEqual([1, 2, 3])
    for (const n of count(1e9)) if (n === 2) break
    expect(logged().at(-1)).toBe('finally')
  })

  test('gives its stream by runSync(), which is disposed by Symbol.dispose', () => {
    logged()
    const stream = count(3).runSync()
    stream[Symbol.iterator]().next()
    stream[Symbol.dispose]()
    expect(logged()).toEqual(['finally'])
  })

  test('may swallow a throw and continue, or end', async () => {
    const stubborn = bridge(function* () {
      try {
        yield 1
      } catch {
        yield 2
      }
    })
    const items = stubborn()[Symbol.iterator]()
    items.next()
    expect(items.throw?.(new Error('x'))).toEqual({ done: false, value: 2 })
    const ending = bridge(function* () {
      try {
        yield 1
      } catch {}
    })()[Symbol.asyncIterator]()
    await ending.next()
    expect(await ending.throw?.(new Error('x'))).toEqual({ done: true, value: undefined })
  })

  test('has its promises awaited by for await, as in the language', async () => {
    const promises = bridge(function* () {
      yield Promise.resolve(1)
      yield 2
    })
    expect(await collect(promises())).toEqual([1, 2])
  })
})
