import {
  bridge,
  CallTimeoutError,
  CannotBlockError,
  callAny,
  callMap,
  currentTask,
  InvalidArgumentError,
  parallelMap
} from '@bridge/core'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { Latch, turn } from './latch.js'

const double = bridge((n: number) => 2 * n)
const doubleLater = bridge(async (n: number) => {
  await null
  return 2 * n
})

describe('parallelMap', () => {
  test('gives the results in the order of the inputs, whatever the limit', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer()),
        fc.integer({ min: 1, max: 10 }),
        async (inputs, concurrency) => {
          const mapper = (n: number, index: number) => (index % 2 === 0 ? double(n) : doubleLater(n))
          expect(await parallelMap(inputs, mapper, { concurrency })).toEqual(inputs.map(n => 2 * n))
        }
      ),
      { numRuns: 50 }
    )
  })

  test('takes sync and async iterables, and mappers that return plain values', async () => {
    async function* later() {
      yield 1
      await null
      yield 2
    }
    expect(await parallelMap(later(), double)).toEqual([2, 4])
    expect(await parallelMap(new Set([1, 2]), (n, index) => n + index)).toEqual([1, 3])
    expect(await parallelMap([], double)).toEqual([])
  })

  test('never has more calls in flight than allowed, and takes inputs only then', async () => {
    let running = 0
    let most = 0
    let taken = 0
    function* inputs() {
      for (let n = 0; n < 20; n++) {
        taken++
        yield n
      }
    }
    const work = bridge(async () => {
      most = Math.max(most, ++running)
      expect(taken).toBeLessThanOrEqual(most + 20)
      await turn()
      running--
    })
    await parallelMap(inputs(), () => work(), { concurrency: 3 })
    expect(most).toBe(3)
  })

  test('takes an endless input no further than the failure, and closes it', async () => {
    const closed = vi.fn()
    function* endless() {
      try {
        for (let n = 0; ; n++) yield n
      } finally {
        closed()
      }
    }
    const fail = bridge(async (n: number) => {
      if (n === 5) throw new Error('five')
    })
    await expect(parallelMap(endless(), fail, { concurrency: 2 })).rejects.toThrow('five')
    expect(closed).toHaveBeenCalledTimes(1)
  })

  test('aborts the calls in flight at the first failure', async () => {
    const aborted = vi.fn()
    const started = new Latch()
    const wait = bridge(async () => {
      const { signal } = currentTask()!
      signal.addEventListener('abort', aborted)
      started.open()
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    })
    const fail = bridge(async () => {
      await started.opened
      throw new RangeError('first')
    })
    await expect(parallelMap([wait, fail], one => one())).rejects.toThrow(RangeError)
    expect(aborted).toHaveBeenCalled()
  })

  test('with settle returns every outcome', async () => {
    const odd = bridge(async (n: number) => {
      if (n % 2 === 0) throw n
      return n
    })
    expect(await parallelMap([1, 2, 3], odd, { settle: true })).toEqual([
      { status: 'fulfilled', value: 1 },
      { status: 'rejected', reason: 2 },
      { status: 'fulfilled', value: 3 }
    ])
  })

  test('is aborted as a whole by its signal, with its reason', async () => {
    const stop = new AbortController()
    const never = bridge(() => new Promise(() => {}))
    const all = parallelMap([1, 2], () => never(), { signal: stop.signal }).start()
    await turn()
    stop.abort(new Error('enough'))
    await expect(all).rejects.toThrow('enough')
  })

  test('ends its input when its time is over while mappers keep the thread busy', async () => {
    let isEnded = false
    function* inputs() {
      try {
        for (let n = 0; ; n++) yield n
      } finally {
        isEnded = true
      }
    }
    const burn = (): void => {
      const end = performance.now() + 10
      while (performance.now() < end);
    }
    const all = parallelMap(inputs(), burn, { concurrency: 1 }).with({ timeout: 200 })
    await expect(all).rejects.toThrow(CallTimeoutError)
    expect(isEnded).toBe(true)
  })

  test('keeps the options of each call', async () => {
    const never = bridge(() => new Promise(() => {}))
    await expect(parallelMap([1], () => never().with({ timeout: 10 }))).rejects.toThrow(CallTimeoutError)
  })

  test('blocks by runSync() where its calls can', () => {
    expect(parallelMap([1, 2, 3], double).runSync()).toEqual([2, 4, 6])
    const settled = parallelMap([1], () => bridge(() => JSON.parse('{') as unknown)(), {
      settle: true
    }).runSync()
    expect(settled).toMatchObject([{ status: 'rejected' }])
    expect(() => parallelMap([1], doubleLater).runSync()).toThrow(CannotBlockError)
  })

  test('rejects with the error of a mapper, and with that of an input', async () => {
    const bad = () => {
      throw new RangeError('mapper')
    }
    await expect(parallelMap([1], bad)).rejects.toThrow('mapper')
    function* failing() {
      yield 1
      throw new Error('input')
    }
    await expect(parallelMap(failing(), double)).rejects.toThrow('input')
  })

  test.each([
    [() => parallelMap(42 as never, double), /42/],
    [() => parallelMap([1], 42 as never), /mapper.*42/],
    [() => parallelMap([1], double, { concurrency: 0 }), /concurrency.*0/],
    [() => parallelMap([1], double, { concurrency: 1.5 }), /1\.5/],
    [() => parallelMap([1], double, { limit: 1 } as never), /'limit'/],
    [() => parallelMap([1], double, { signal: 1 as never }), /signal/]
  ])('refuses a wrong argument at once: %s', (act, shown) => {
    expect(act).toThrow(InvalidArgumentError)
    expect(act).toThrow(shown)
  })
})

describe('callAny and callMap', () => {
  test('callAny calls any function once, with options', async () => {
    expect(await callAny((a: number, b: number) => a + b, [1, 2])).toBe(3)
    expect(await callAny(async (n: number) => n, [1], { timeout: 1000 })).toBe(1)
    expect(callAny((n: number) => n, [1]).runSync()).toBe(1)
    await expect(callAny(() => new Promise(() => {}), [], { timeout: 10 })).rejects.toThrow(CallTimeoutError)
  })

  test('callMap calls all its functions at the same time, and returns their results in order', async () => {
    const gate = new Latch()
    const first = async (n: number) => {
      await gate.opened
      return n
    }
    const second = (n: number) => {
      gate.open()
      return String(n)
    }
    expect(await callMap([first, second], 7)).toEqual([7, '7'])
    expect(callMap([(n: number) => n, (n: number) => n + 1], 1).runSync()).toEqual([1, 2])
  })

  test('refuse wrong arguments', () => {
    expect(() => callAny(1 as never, [])).toThrow(InvalidArgumentError)
    expect(() => callAny(() => {}, 1 as never)).toThrow(InvalidArgumentError)
    expect(() => callMap(1 as never)).toThrow(InvalidArgumentError)
    expect(() => callMap([1] as never)).toThrow(InvalidArgumentError)
  })
})
