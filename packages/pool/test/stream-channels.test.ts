import { createHook } from 'node:async_hooks'
import { describe, expect, it } from 'vitest'
import { pooled, rejection } from './helpers.js'

/** How many ports are made in this thread while something runs. */
async function portsMade(run: () => Promise<unknown>): Promise<number> {
  let made = 0
  const hook = createHook({
    init(_, type) {
      if (type === 'MESSAGEPORT') made++
    }
  }).enable()
  await run()
  hook.disable()
  return made
}

async function sumOf(items: AsyncIterable<number>): Promise<number> {
  let sum = 0
  for await (const n of items) sum += n
  return sum
}

describe('the channel of a stream', () => {
  it('is used again for streams that come after it', async () => {
    const { tasks } = pooled({ maxThreads: 1 })
    await sumOf(tasks.numbers(10))
    const made = await portsMade(async () => {
      for (let n = 0; n < 50; n++) expect(await sumOf(tasks.numbers(10))).toBe(45)
    })
    expect(made).toBeLessThan(5)
  })

  it('is used again for blocking streams', async () => {
    const { tasks } = pooled({ maxThreads: 1 })
    expect([...tasks.numbers(3)]).toEqual([0, 1, 2])
    const made = await portsMade(async () => {
      for (let n = 0; n < 50; n++) expect([...tasks.numbers(3)]).toEqual([0, 1, 2])
    })
    expect(made).toBeLessThan(5)
  })

  it('is used by one stream at a time, of many', async () => {
    const { tasks } = pooled({ maxThreads: 1 })
    for (let round = 0; round < 3; round++) {
      const sums = await Promise.all(Array.from({ length: 400 }, (_, n) => sumOf(tasks.numbers(n))))
      expect(sums).toEqual(Array.from({ length: 400 }, (_, n) => (n * Math.max(0, n - 1)) / 2))
    }
  })

  it('delivers no items of a stopped stream to the next one', async () => {
    const { tasks } = pooled({ maxThreads: 1 })
    for (let round = 0; round < 60; round++) {
      const last = round * 150
      for await (const n of tasks.numbers(20_000)) if (n === last) break
      for (const n of tasks.numbers(20_000)) if (n === last) break
      expect([...tasks.numbers(3)]).toEqual([0, 1, 2])
      expect(await sumOf(tasks.numbersLater(3))).toBe(3)
    }
  })

  it('passes no credit that was granted to a stream at its end to the next one', async () => {
    const { tasks } = pooled({ maxThreads: 1 })
    for (let round = 0; round < 10; round++) {
      // Its consumer gives the last credit while the end is on its way.
      await sumOf(tasks.numbers(8192 + 1025 * round))
      const items = tasks.counted(100_000)[Symbol.asyncIterator]()
      await items.next()
      await tasks.add(0, 0)
      expect(await tasks.producedSoFar()).toBeLessThanOrEqual(8192)
      await items.return?.()
    }
  })

  it('whose generator failed is used again', async () => {
    const { tasks } = pooled({ maxThreads: 1 })
    await rejection(sumOf(tasks.failAfter(2)))
    const made = await portsMade(async () => {
      for (let n = 0; n < 20; n++) expect((await rejection(sumOf(tasks.failAfter(2)))).message).toContain('2')
    })
    expect(made).toBeLessThan(5)
  })

  it('whose generator was not waited for is not used again', async () => {
    const { tasks } = pooled({ maxThreads: 1, killGrace: 10 })
    await rejection(sumOf(tasks.waitsForever().with({ timeout: 30 })))
    expect(await portsMade(() => sumOf(tasks.numbers(10)))).toBe(1)
    expect(await sumOf(tasks.numbers(10))).toBe(45)
  })
})
