import '../../../tools/live-globals.js'
import { bridge, type Call, CallAbortedError, CallTimeoutError, currentTask, runScope } from '@bridge/core'
import { describe, expect, test, vi } from 'vitest'
import { Latch, turn } from './latch.js'

const never = bridge(function never(): Promise<number> {
  return new Promise(() => {})
})
const untilStopped = bridge(async function untilStopped(cleanup: () => void) {
  const { signal } = currentTask()!
  try {
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  } finally {
    cleanup()
  }
})
/** Burns this thread, as a heavy function does; time is what is tested. */
const burn = bridge(function burn(ms: number) {
  const end = performance.now() + ms
  while (performance.now() < end);
  return ms
})

describe('timeout', () => {
  test('names the function and its limit', async () => {
    const error = await never()
      .with({ timeout: 20 })
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(CallTimeoutError)
    expect(error).toMatchObject({ code: 'BRIDGE_TIMEOUT', timeout: 20, name: 'CallTimeoutError' })
    expect((error as Error).message).toMatch(/^never\(\) did not finish within 20 ms/)
  })

  test('of 0 refuses the call without running it', async () => {
    const fn = vi.fn()
    await expect(bridge(fn)().with({ timeout: 0 })).rejects.toThrow(CallTimeoutError)
    expect(() => bridge(fn)().with({ timeout: 0 }).runSync()).toThrow(CallTimeoutError)
    expect(fn).not.toHaveBeenCalled()
  })

  test('of Infinity means no limit', async () => {
    expect(await bridge(() => currentTask()?.deadline)().with({ timeout: Infinity })).toBeUndefined()
  })

  test('given to bridge() holds for every call, and one given to with() replaces it', async () => {
    const bounded = bridge(() => new Promise<number>(() => {}), { timeout: 60_000 })
    await expect(bounded().with({ timeout: 10 })).rejects.toMatchObject({ timeout: 10 })
  })

  test('longer than a timer can be does not fire at once', async () => {
    const latch = new Latch<number>()
    const call = bridge(() => latch.opened)()
      .with({ timeout: 2 ** 31 + 1000 })
      .start()
    await turn()
    await turn()
    latch.open(1)
    expect(await call).toBe(1)
  })

  test('begins when the call starts, not when it is made', async () => {
    const call = bridge(async () => currentTask()!.deadline!)().with({ timeout: 1000 })
    const deadline = call.start()
    const now = performance.timeOrigin + performance.now()
    expect(Math.abs((await deadline) - now - 1000)).toBeLessThan(100)
  })

  test('is reported after a synchronous function that took too long, as it can not be interrupted', async () => {
    await expect(burn(20).with({ timeout: 5 })).rejects.toThrow(CallTimeoutError)
    expect(() => burn(20).with({ timeout: 5 }).runSync()).toThrow(CallTimeoutError)
  })

  test("never replaces a function's own error, also one called TimeoutError", async () => {
    class TimeoutError extends Error {
      override name = 'TimeoutError'
    }
    const own = new TimeoutError('the database is slow')
    await expect(bridge(() => Promise.reject(own))().with({ timeout: 1000 })).rejects.toBe(own)
  })

  test('stops a loop that checks', async () => {
    const loop = bridge(() => {
      for (;;) currentTask()!.throwIfAborted()
    })
    await expect(loop().with({ timeout: 10 })).rejects.toMatchObject({ code: 'BRIDGE_TIMEOUT', timeout: 10 })
    expect(() => (loop() as Call<never>).with({ timeout: 10 }).runSync()).toThrow(CallTimeoutError)
  })

  test('has let a task that listens clean up', async () => {
    const cleanup = vi.fn()
    await expect(untilStopped(cleanup).with({ timeout: 10 })).rejects.toThrow(CallTimeoutError)
    expect(cleanup).toHaveBeenCalledTimes(1)
  })
})

describe('runTimeout', () => {
  test('bounds the execution', async () => {
    await expect(never().with({ runTimeout: 10 })).rejects.toMatchObject({ timeout: 10 })
    expect(() => burn(20).with({ runTimeout: 5 }).runSync()).toThrow(CallTimeoutError)
  })

  test('and timeout: the shorter one holds', async () => {
    await expect(never().with({ runTimeout: 10, timeout: 60_000 })).rejects.toMatchObject({ timeout: 10 })
    await expect(never().with({ runTimeout: 60_000, timeout: 10 })).rejects.toMatchObject({ timeout: 10 })
  })
})

describe('itemTimeout', () => {
  test('ends the wait for an item, notifies the generator, and is an error of the call', async () => {
    let reason: unknown
    const stalls = bridge(async function* stalls() {
      yield 1
      const { signal } = currentTask()!
      await new Promise(resolve => signal.addEventListener('abort', resolve))
      reason = signal.reason
    })
    const items = stalls().with({ itemTimeout: 10 })[Symbol.asyncIterator]()
    expect(await items.next()).toEqual({ done: false, value: 1 })
    const error = await items.next().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(CallTimeoutError)
    expect(error).toMatchObject({
      timeout: 10,
      message: expect.stringMatching(/^stalls\(\) gave no item within 10 ms/)
    })
    expect(reason).toBe(error)
    expect(await items.next()).toEqual({ done: true, value: undefined })
  })

  test('ends all pulls that wait, the first with the error', async () => {
    const silent = bridge(async function* () {
      await new Promise(() => {})
      yield 1
    })
    for (const limit of [{ itemTimeout: 10 }, { timeout: 10 }]) {
      const items = silent().with(limit)[Symbol.asyncIterator]()
      const [first, second, third] = await Promise.allSettled([
        items.next(),
        items.next(),
        items.return?.('r' as never)
      ])
      expect(first).toMatchObject({ status: 'rejected', reason: { code: 'BRIDGE_TIMEOUT' } })
      expect(second).toEqual({ status: 'fulfilled', value: { done: true, value: undefined } })
      expect(third).toEqual({ status: 'fulfilled', value: { done: true, value: 'r' } })
    }
  })

  test('counts for a pull from the time when earlier pulls have their items', async () => {
    const gates = [new Latch(), new Latch()]
    const two = bridge(async function* () {
      for (const gate of gates) {
        await gate.opened
        yield gates.indexOf(gate)
      }
    })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    try {
      const items = two().with({ itemTimeout: 1000 })[Symbol.asyncIterator]()
      const pulls = [items.next(), items.next()]
      await turn()
      for (const [n, gate] of gates.entries()) {
        vi.advanceTimersByTime(900)
        gate.open()
        expect(await pulls[n]).toEqual({ done: false, value: n })
      }
    } finally {
      vi.useRealTimers()
    }
  })

  test('counts from each pull, and not while no pull waits', async () => {
    const gate = { open: (): void => {} }
    const two = bridge(async function* () {
      yield 1
      await new Promise<void>(resolve => {
        gate.open = resolve
      })
      yield 2
    })
    const items = two().with({ itemTimeout: 1000 })[Symbol.asyncIterator]()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    try {
      await items.next()
      vi.advanceTimersByTime(5000)
      const second = items.next()
      vi.advanceTimersByTime(999)
      gate.open()
      expect((await second).value).toBe(2)
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('signal', () => {
  test.each([new Error('mine'), 'text', { data: 1 }])('rejects with its own reason: %s', async reason => {
    const stop = new AbortController()
    const outcome = never()
      .with({ signal: stop.signal })
      .catch((thrown: unknown) => ({ thrown }))
    await turn()
    stop.abort(reason)
    expect(await outcome).toEqual({ thrown: reason })
  })

  test('aborted before the call refuses it without running it', async () => {
    const fn = vi.fn()
    const signal = AbortSignal.abort('gone')
    expect(
      await bridge(fn)()
        .with({ signal })
        .catch((thrown: unknown) => thrown)
    ).toBe('gone')
    expect(() => bridge(fn)().with({ signal }).runSync()).toThrow('gone')
    expect(fn).not.toHaveBeenCalled()
  })

  test('reaches the task, which has cleaned up before its caller continues', async () => {
    const stop = new AbortController()
    const cleanup = vi.fn()
    const call = untilStopped(cleanup).with({ signal: stop.signal }).start()
    stop.abort(new Error('gone'))
    await expect(call).rejects.toThrow('gone')
    expect(cleanup).toHaveBeenCalledTimes(1)
  })
})

describe('a bounded stream', () => {
  const slow = bridge(async function* slow(pause: Promise<void>, cleanup: () => void) {
    try {
      yield 1
      await pause
      yield 2
    } finally {
      cleanup()
    }
  })
  const endless = bridge(function* endless(cleanup: () => void = () => {}) {
    try {
      for (let n = 1; ; n++) yield n
    } finally {
      cleanup()
    }
  })

  test('gives its items, then the timeout, while a pull is pending', async () => {
    const seen: number[] = []
    await expect(async () => {
      for await (const n of slow(new Promise(() => {}), () => {}).with({ timeout: 20 })) seen.push(n)
    }).rejects.toThrow(CallTimeoutError)
    expect(seen).toEqual([1])
  })

  test('is ended by a signal between two pulls, and has been cleaned up', async () => {
    const stop = new AbortController()
    const cleanup = vi.fn()
    const items = slow(Promise.resolve(), cleanup).with({ signal: stop.signal })[Symbol.asyncIterator]()
    await items.next()
    stop.abort(new Error('gone'))
    await expect(items.next()).rejects.toThrow('gone')
    expect(await items.next()).toEqual({ done: true, value: undefined })
    expect(cleanup).toHaveBeenCalledTimes(1)
  })

  test('is ended by its timeout in a blocking for too', () => {
    const cleanup = vi.fn()
    const seen: number[] = []
    expect(() => {
      for (const n of endless(cleanup).with({ timeout: 20 })) seen.push(n)
    }).toThrow(CallTimeoutError)
    expect(seen.length).toBeGreaterThan(0)
    expect(cleanup).toHaveBeenCalledTimes(1)
  })

  test('is ended by a signal in a blocking for too', () => {
    const stop = new AbortController()
    const cleanup = vi.fn()
    expect(() => {
      for (const n of endless(cleanup).with({ signal: stop.signal }))
        if (n === 3) stop.abort(new Error('gone'))
    }).toThrow('gone')
    expect(cleanup).toHaveBeenCalledTimes(1)
  })
})

describe('a signal of a library without a reason', () => {
  const silent = () => {
    const target = Object.assign(new EventTarget(), { aborted: false })
    const abort = (): void => {
      target.aborted = true
      target.dispatchEvent(new Event('abort'))
    }
    return { signal: target as unknown as AbortSignal, abort }
  }

  test('ends a call with a CallAbortedError, before and after its start', async () => {
    const { signal, abort } = silent()
    const call = never().with({ signal }).start()
    await turn()
    abort()
    await expect(call).rejects.toThrow(CallAbortedError)
    await expect(never().with({ signal })).rejects.toThrow(CallAbortedError)
  })

  test('ends all calls of a scope with the same error', async () => {
    const { signal, abort } = silent()
    const both = runScope({ signal }, () => [never().start(), never().start()])
    await turn()
    abort()
    const [one, other] = await Promise.allSettled(both)
    expect(one).toEqual(other)
    expect((one as PromiseRejectedResult).reason).toBe((other as PromiseRejectedResult).reason)
  })
})
