import { Readable } from 'node:stream'
import { bridge, CannotBlockError, InvalidArgumentError } from '@bridge/core'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { collect } from './collect.js'
import { Latch } from './latch.js'

describe('a plain function', () => {
  test('that returns an iterator or an async iterable streams', async () => {
    const values = bridge(() => [1, 2].values())
    expect(await collect(values())).toEqual([1, 2])
    expect([...values()]).toEqual([1, 2])
    const readable = bridge(() => Readable.from(['a', 'b']))
    expect(await collect(readable() as AsyncIterable<string>)).toEqual(['a', 'b'])
  })

  test('that is async and returns a generator resolves to its stream', async () => {
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
      'values() returned a value, not a stream'
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

  test('in a finally that break runs are thrown to the consumer', async () => {
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
    const stream = await bridge(async function* () {
      yield* [1, 2]
    })()
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
