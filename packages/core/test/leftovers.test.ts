import { getEventListeners } from 'node:events'
import { bridge, type StreamCall } from '@bridge/core'
import { describe, expect, test } from 'vitest'
import { runSource } from './child.js'
import { turn } from './latch.js'

const never = bridge(function never(): Promise<number> {
  return new Promise(() => {})
})
const nothing = bridge(function nothing() {})

const timers = () => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length

describe('nothing is left behind', () => {
  const uses: Record<string, (signal: AbortSignal) => unknown> = {
    'an awaited call': signal => bridge(async () => 1)().with({ signal, timeout: 60_000 }),
    'a failed call': signal =>
      bridge(async () => Promise.reject(new Error('no')))()
        .with({ signal, timeout: 60_000 })
        .catch(() => {}),
    'a blocking call': signal => nothing().with({ signal, timeout: 60_000 }).runSync(),
    'a failed blocking call': signal => {
      const fail = bridge(() => {
        throw new Error('no')
      })
      expect(() => fail().with({ signal, timeout: 60_000 }).runSync()).toThrow('no')
    },
    'a call that timed out': signal => expect(never().with({ signal, timeout: 5 })).rejects.toThrow(),
    'a cancelled call': signal => {
      const future = never().with({ signal, timeout: 60_000 }).start()
      future.cancel(new Error('no'))
      return expect(future).rejects.toThrow('no')
    },
    'a refused call': signal => expect(nothing().with({ signal, timeout: 0 })).rejects.toThrow(),
    'a stream to its end': async signal => {
      for await (const _ of numbers().with({ signal, timeout: 60_000 }));
    },
    'a stream that was broken': async signal => {
      for await (const _ of numbers().with({ signal, timeout: 60_000 })) break
    },
    'a blocking stream to its end': signal => [...numbers().with({ signal, timeout: 60_000 })],
    'a blocking stream that was broken': signal => {
      for (const _ of numbers().with({ signal, timeout: 60_000 })) break
    },
    'a stream that failed': signal =>
      expect(async () => {
        for await (const _ of numbers(1).with({ signal, timeout: 60_000 }));
      }).rejects.toThrow('failed')
  }
  const numbers = bridge(function* (failAt?: number): Generator<number> {
    for (let n = 0; n < 3; n++) {
      if (n === failAt) throw new Error('failed')
      yield n
    }
  }) as (failAt?: number) => StreamCall<number>

  test.each(Object.keys(uses))('by %s: neither a listener nor a timer', async use => {
    const { signal } = new AbortController()
    const before = timers()
    await uses[use]!(signal)
    await turn()
    expect(getEventListeners(signal, 'abort')).toEqual([])
    // The test runner's own timers vary; the last test of this file counts in a separate process.
    expect(timers()).toBeLessThanOrEqual(before)
  })

  test('by an abort: a signal of many calls has no listener left', async () => {
    const stop = new AbortController()
    const calls = Array.from({ length: 20 }, () =>
      never().with({ signal: stop.signal, timeout: 60_000 }).start()
    )
    expect(getEventListeners(stop.signal, 'abort').length).toBeGreaterThan(0)
    const before = timers()
    stop.abort(new Error('gone'))
    await Promise.allSettled(calls)
    expect(getEventListeners(stop.signal, 'abort')).toEqual([])
    expect(timers()).toBeLessThan(before)
  })

  test('in a process: it ends by itself, immediately, and no warning was printed', async () => {
    const { code, stdout, stderr } = await runSource(`
      import { bridge, runScope } from '@bridge/core'
      const numbers = bridge(function* () { yield 1; yield 2 })
      const never = bridge(() => new Promise(() => {}))
      const stop = new AbortController()
      const limits = { timeout: 60_000, runTimeout: 60_000, itemTimeout: 60_000, signal: stop.signal }
      await bridge(async () => 1)().with(limits)
      bridge(() => 1)().with(limits).runSync()
      for await (const n of numbers().with(limits)) if (n === 1) break
      for (const n of numbers().with(limits)) if (n === 1) break
      await runScope({ timeout: 60_000, signal: stop.signal }, () => bridge(() => 1)().start())
      const calls = Array.from({ length: 20 }, () => never().with(limits).start())
      stop.abort()
      await Promise.allSettled(calls)
      console.log(process.getActiveResourcesInfo().filter(name => name === 'Timeout').length)`)
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '0\n', stderr: '' })
  })
})
