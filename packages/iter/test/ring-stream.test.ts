import { InvalidArgumentError } from '@bridge/core'
import '../../../tools/live-globals.js'
import type { PortStream } from '@bridge/iter'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openFromWorker, piped, turns } from './helpers.js'

// Every consumer is fast, so its window grows.
beforeEach(() => {
  vi.spyOn(performance, 'now').mockReturnValue(1000)
})

afterEach(() => {
  vi.restoreAllMocks()
})

describe('a stream that is long enough for shared memory', () => {
  const far = 100_000

  function* upTo(count: number, log?: string[]) {
    try {
      for (let n = 0; n < count; n++) yield n
    } finally {
      log?.push('finally')
    }
  }

  /** Pulls numbers, each of which must be the next. */
  async function pull(stream: PortStream<number>, count: number): Promise<void> {
    for (let n = 0; n < count; n++) {
      const { value } = await stream.next()
      if (value !== n) expect(value).toBe(n)
    }
  }

  it('returns every number in order, and its end after them', async () => {
    const { stream, served } = piped<number>(upTo(far))
    await pull(stream, far)
    expect(await stream.next()).toEqual({ done: true, value: undefined })
    await served
  })

  it('throws what the generator throws after its numbers', async () => {
    const { stream } = piped<number>(
      (function* () {
        yield* upTo(far)
        throw new Error('the end')
      })()
    )
    await pull(stream, far)
    await expect(stream.next()).rejects.toThrow('the end')
  })

  it('returns the numbers that were written before its producer was lost', async () => {
    const { stream, port1 } = piped<number>(upTo(Number.POSITIVE_INFINITY))
    await pull(stream, far)
    port1.close()
    await stream.control.ended
    const { items, ahead } = stream.progress
    expect(items).toBe(far)
    expect(ahead).toBeGreaterThan(0)
    for (let n = 0; n < ahead; n++) expect((await stream.next()).value).toBe(far + n)
    await expect(stream.next()).rejects.toThrow('is gone')
  })

  it('has run its finally after break', async () => {
    const log: string[] = []
    for await (const n of piped<number>(upTo(Number.POSITIVE_INFINITY, log)).stream) if (n === far) break
    expect(log).toEqual(['finally'])
  })

  it('is never further ahead than the maximum window', async () => {
    let made = 0
    const { stream } = piped<number>(
      (function* () {
        for (;;) yield made++
      })()
    )
    for (let n = 0; n < far; n++) {
      await stream.next()
      if (n % 1000 === 0) await turns(1)
      if (made - n > 65_537) expect(made - n).toBeLessThanOrEqual(65_537)
    }
    await turns(20)
    expect(made - far).toBeLessThanOrEqual(65_536)
    expect(stream.progress.ahead).toBe(made - far)
    await stream.return()
  })

  it('gets a thrown error at its current position, and no value', async () => {
    const got: unknown[] = []
    const { stream } = piped<number>(
      (function* () {
        for (let n = 0; ; n++) {
          try {
            yield n
          } catch (error) {
            got.push((error as Error).message)
          }
        }
      })()
    )
    await pull(stream, far)
    await expect(stream.next('value' as never)).rejects.toThrow(InvalidArgumentError)
    expect(typeof (await stream.throw(new Error('thrown'))).value).toBe('number')
    await stream.return()
    expect(got).toEqual(['thrown'])
  })
})

describe('items of any kind, awaited or blocking', () => {
  const segment = fc.record({
    make: fc.constantFrom<(n: number) => unknown>(
      n => n,
      n => -n,
      n => n / 2,
      n => `text ${n}`,
      n => ({ n })
    ),
    count: fc.integer({ min: 1, max: 3000 }),
    pausesAfter: fc.integer({ min: 1, max: 3000 })
  })

  it('arrive once each, unchanged and in order', async () => {
    const script = fc.record({
      segments: fc.array(segment, { maxLength: 5 }),
      isAsync: fc.boolean(),
      takesUntilTurn: fc.integer({ min: 1, max: 5000 })
    })
    await fc.assert(
      fc.asyncProperty(script, async ({ segments, isAsync, takesUntilTurn }) => {
        // Integers first, because memory is lent for them.
        const parts = [{ make: (n: number): unknown => n, count: 4000, pausesAfter: 4000 }, ...segments]
        const items = parts.flatMap(({ make, count }) => Array.from({ length: count }, (_, n) => make(n)))
        const pauses = new Set(parts.map(({ pausesAfter }) => pausesAfter))
        async function* later() {
          for (const [n, item] of items.entries()) {
            if (pauses.has(n)) await turns(1)
            yield item
          }
        }
        const got: unknown[] = []
        for await (const item of piped(isAsync ? later() : items.values()).stream) {
          got.push(item)
          if (got.length % takesUntilTurn === 0) await turns(1)
        }
        expect(got).toHaveLength(items.length)
        got.forEach((item, n) => {
          if (!Object.is(item, items[n])) expect(item).toEqual(items[n])
        })
      }),
      { numRuns: 40 }
    )
  })

  const sources = {
    'is fast': 'function* items() { for (let n = 0; n < 200000; n++) yield n }',
    'is asynchronous': 'async function* items() { for (let n = 0; n < 200000; n++) yield n }',
    'makes a pause now and then': `async function* items() {
      for (let n = 0; n < 200000; n++) {
        if (n % 7001 === 0) await new Promise(setImmediate)
        yield n
      }
    }`
  }

  it.each(Object.entries(sources))(
    'of a thread that %s, each arrives once at a consumer that awaits',
    async (_what, code) => {
      const { stream, worker } = await openFromWorker(code)
      let next = 0
      for await (const item of stream) {
        if (item !== next++) expect(item).toBe(next - 1)
        if (next % 50_021 === 0) await turns(1)
      }
      expect(next).toBe(200_000)
      await worker.terminate()
    }
  )

  it.each(Object.entries(sources))(
    'of a thread that %s, each arrives once at a consumer that blocks',
    async (_what, code) => {
      const { stream, worker } = await openFromWorker(code)
      let next = 0
      for (const item of stream) if (item !== next++) expect(item).toBe(next - 1)
      expect(next).toBe(200_000)
      await worker.terminate()
    }
  )
})
