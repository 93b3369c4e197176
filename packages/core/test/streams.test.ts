import { Readable } from 'node:stream'
import { inspect } from 'node:util'
import { bridge, CannotBlockError, InvalidArgumentError } from '@bridge/core'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { Latch } from './latch.js'

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

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = []
  for await (const item of items) seen.push(item)
  return seen
}

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

  test('is a source for what Node has', async () => {
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

  test('may swallow a throw and go on, or end', async () => {
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

  test('has its promises awaited by for await, as by the language', async () => {
    const promises = bridge(function* () {
      yield Promise.resolve(1)
      yield 2
    })
    expect(await collect(promises())).toEqual([1, 2])
  })
})

describe('a plain function', () => {
  test('that returns an iterator or an async iterable streams', async () => {
    const values = bridge(() => [1, 2].values())
    expect(await collect(values())).toEqual([1, 2])
    expect([...values()]).toEqual([1, 2])
    const readable = bridge(() => Readable.from(['a', 'b']))
    expect(await collect(readable() as AsyncIterable<string>)).toEqual(['a', 'b'])
  })

  test('that is async and returns a generator gives its stream', async () => {
    const later = bridge(async () => [1, 2].values())
    expect(await collect(later() as unknown as AsyncIterable<number>)).toEqual([1, 2])
  })

  test.each([[[1, 2]], [new Map([[1, 2]])], [new Set([1])], ['text'], [Buffer.from('x')]])(
    'that returns a collection gives it as a value: %s',
    async value => {
      expect(await bridge(() => value)()).toBe(value)
    }
  )

  test('that returns a value can not be iterated, and says so', async () => {
    const values = bridge(function values() {
      return [1, 2]
    })
    const call = values() as unknown as AsyncIterable<number> & Iterable<number>
    await expect(collect(call)).rejects.toThrow(InvalidArgumentError)
    expect(() => [...(values() as unknown as Iterable<number>)]).toThrow(
      'values() gave a value, not a stream'
    )
  })
})

describe('errors of a stream', () => {
  const failAfter = (items: number) => {
    const error = Object.assign(new RangeError(`after ${items}`), { code: 'E' })
    function* sync() {
      for (let n = 0; n < items; n++) yield n
      throw error
    }
    async function* later() {
      yield* sync()
    }
    return { error, sync: bridge(sync), later: bridge(later) }
  }

  test('come after all the items before them, whatever their number', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(30), async items => {
        const { error, sync, later } = failAfter(items)
        for (const call of [sync(), later()]) {
          const seen: number[] = []
          const outcome = await (async () => {
            for await (const n of call) seen.push(n)
          })().catch((thrown: unknown) => thrown)
          expect(outcome).toBe(error)
          expect(seen).toHaveLength(items)
        }
        const seen: number[] = []
        expect(() => {
          for (const n of sync()) seen.push(n)
        }).toThrow(error)
        expect(seen).toHaveLength(items)
      })
    )
  })

  test('in a finally that break runs come to the one who broke', async () => {
    const bad = bridge(async function* () {
      try {
        yield 1
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: that is what is tested
        throw new Error('cleanup')
      }
    })
    await expect(async () => {
      for await (const _ of bad()) break
    }).rejects.toThrow('cleanup')
  })
})

describe('a blocking for over asynchronous code of this thread', () => {
  test('is refused before anything runs', () => {
    const fn = vi.fn()
    const later = bridge(async function* later() {
      fn()
      yield 1
    }) as unknown as () => Iterable<number>
    expect(() => [...later()]).toThrow(CannotBlockError)
    expect(() => [...later()]).toThrow(/later\(\)/)
    expect(fn).not.toHaveBeenCalled()
  })

  test('is refused on a stream, which can still be awaited', async () => {
    const stream = await countLater(2)
    expect(() => [...(stream as unknown as Iterable<number>)]).toThrow("'for await'")
    expect(await collect(stream)).toEqual([1, 2])
  })
})

test('pulls at the same time are answered in order', async () => {
  const latch = new Latch()
  const slow = bridge(async function* () {
    await latch.opened
    yield 1
    yield 2
  })
  const items = slow()[Symbol.asyncIterator]()
  const pulls = [items.next(), items.next(), items.next()]
  latch.open()
  expect((await Promise.all(pulls)).map(one => one.value)).toEqual([1, 2, undefined])
})
