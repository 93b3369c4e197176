import { bridge, CallTimeoutError, currentTask, runScope } from '@bridge/core'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { turn } from './latch.js'

const never = bridge(function never() {
  return new Promise<never>(() => {})
})
const deadline = bridge(() => currentTask()?.deadline)
const now = () => performance.timeOrigin + performance.now()

describe('runScope', () => {
  test('returns what its function returns, and throws what it throws', () => {
    expect(runScope({}, () => 1)).toBe(1)
    expect(() =>
      runScope({}, () => {
        throw new RangeError('no')
      })
    ).toThrow(RangeError)
  })

  test('bounds the calls made inside, also after an await', async () => {
    const outcome = runScope({ timeout: 20 }, async () => {
      await turn()
      return never()
    })
    await expect(outcome).rejects.toThrow(CallTimeoutError)
    await expect(outcome).rejects.toThrow('never() did not finish before the deadline of its scope')
  })

  test('bounds nothing outside', async () => {
    expect(await deadline()).toBeUndefined()
    await runScope({ timeout: 1000 }, async () => {})
    expect(await deadline()).toBeUndefined()
  })

  test('takes an absolute deadline', async () => {
    const before = now()
    const inside = (await runScope({ deadline: Date.now() + 60_000 }, () => deadline().start())) as number
    // The system clock counts whole milliseconds.
    expect(inside).toBeGreaterThanOrEqual(before + 60_000 - 1)
    expect(inside).toBeLessThanOrEqual(now() + 60_000 + 1)
  })

  test('takes an absolute deadline by the current system clock, which does not move it later', async () => {
    const system = vi.spyOn(Date, 'now').mockReturnValue(Date.now() - 3_600_000)
    const call = runScope({ deadline: Date.now() + 60_000 }, () => deadline())
    system.mockRestore()
    const left = ((await call) as number) - now()
    expect(left).toBeGreaterThan(50_000)
    expect(left).toBeLessThanOrEqual(60_000)
  })

  test('aborts the calls made inside with the reason of its signal', async () => {
    const stop = new AbortController()
    const calls = runScope({ signal: stop.signal }, () => [never().start(), never().start()])
    const reason = new Error('the client has gone')
    stop.abort(reason)
    for (const call of calls) await expect(call).rejects.toBe(reason)
  })

  test('that is over already refuses calls without running them', async () => {
    const fn = vi.fn()
    await expect(runScope({ signal: AbortSignal.abort('gone') }, async () => bridge(fn)())).rejects.toBe(
      'gone'
    )
    await expect(runScope({ deadline: 1 }, async () => bridge(fn)())).rejects.toThrow(CallTimeoutError)
    expect(fn).not.toHaveBeenCalled()
  })

  test('bounds a call that was made inside and starts automatically', async () => {
    const stop = new AbortController()
    const { call } = runScope({ signal: stop.signal }, () => ({ call: never() }))
    await turn()
    stop.abort(new Error('gone'))
    await expect(call).rejects.toThrow('gone')
  })

  test('bounds blocking calls and streams too', async () => {
    const numbers = bridge(function* () {
      for (;;) yield 1
    })
    runScope({ signal: AbortSignal.abort(new Error('gone')) }, () => {
      expect(() => deadline().runSync()).toThrow('gone')
      expect(() => [...numbers()]).toThrow('gone')
    })
  })

  test('nests: a call has the earliest deadline, whichever scope or option set it', async () => {
    const limit = fc.option(fc.integer({ min: 1000, max: 100_000 }), { nil: undefined })
    await fc.assert(
      fc.asyncProperty(limit, limit, limit, async (outer, inner, own) => {
        const before = now()
        const seen = await runScope({ timeout: outer }, () =>
          runScope({ timeout: inner }, () => deadline().with({ timeout: own }).start())
        )
        const earliest = Math.min(outer ?? Infinity, inner ?? Infinity, own ?? Infinity)
        if (earliest === Infinity) expect(seen).toBeUndefined()
        else expect(Math.abs(seen! - before - earliest)).toBeLessThan(200)
      }),
      { numRuns: 50 }
    )
  })

  test('nests: each of the signals aborts', async () => {
    for (const which of [0, 1, 2]) {
      const stops = [new AbortController(), new AbortController(), new AbortController()]
      const [outer, inner, own] = stops.map(stop => stop.signal)
      const call = runScope({ signal: outer }, () =>
        runScope({ signal: inner }, () => never().with({ signal: own }).start())
      )
      stops[which]!.abort(which)
      expect(await call.catch((reason: unknown) => reason)).toBe(which)
    }
  })

  test('of a task: calls that it makes inherit the rest of its own timeout', async () => {
    const outer = bridge(() => deadline())
    const before = now()
    const seen = await outer().with({ timeout: 5000 })
    expect(Math.abs(seen! - before - 5000)).toBeLessThan(200)
  })

  test('of a task: calls that it makes are aborted with it', async () => {
    const inner = vi.fn()
    const outer = bridge(() => never().catch((reason: unknown) => inner(reason)))
    const future = outer().start()
    future.cancel('stop')
    expect(await future.catch((reason: unknown) => reason)).toBe('stop')
    expect(inner).toHaveBeenCalledExactlyOnceWith('stop')
  })
})

describe('currentTask', () => {
  const bounded = { timeout: 60_000 }

  test('is undefined outside of a task', () => {
    expect(currentTask()).toBeUndefined()
    expect(runScope({ timeout: 1000 }, () => currentTask())).toBeUndefined()
  })

  test('names the function, its deadline and its signal', async () => {
    const task = bridge(function work() {
      const { name, deadline, aborted, signal } = currentTask()!
      return { name, deadline, aborted, isAborted: signal.aborted }
    })
    const info = await task().with(bounded)
    expect(info).toMatchObject({ name: 'work', aborted: false, isAborted: false })
    expect(Math.abs(info.deadline! - now() - 60_000)).toBeLessThan(200)
  })

  test('is there after awaits and at each step of a generator', async () => {
    const later = bridge(async function later() {
      await turn()
      return currentTask()?.name
    })
    expect(await later().with(bounded)).toBe('later')
    const steps = bridge(async function* steps() {
      yield currentTask()?.name
      await turn()
      yield currentTask()?.name
    })
    const seen: (string | undefined)[] = []
    for await (const name of steps().with(bounded)) {
      seen.push(name)
      expect(currentTask()).toBeUndefined()
    }
    expect(seen).toEqual(['steps', 'steps'])
  })

  test('of a nested call is its own', async () => {
    const inner = bridge(async function inner() {
      return currentTask()?.name
    })
    const outer = bridge(async function outer() {
      return [currentTask()?.name, await inner(), currentTask()?.name]
    })
    expect(await outer().with(bounded)).toEqual(['outer', 'inner', 'outer'])
  })

  test('shows a cancellation, by flag, by signal and by throwing its reason', async () => {
    const seen: unknown[] = []
    const task = bridge(async function work() {
      const { signal } = currentTask()!
      await new Promise(resolve => signal.addEventListener('abort', resolve))
      seen.push(currentTask()!.aborted, signal.reason)
      currentTask()!.throwIfAborted()
    })
    const future = task().start()
    future.cancel('enough')
    await future.catch(() => {})
    expect(seen).toEqual([true, 'enough'])
  })

  test('has an aborted signal if it is read only after the cancellation', async () => {
    const seen: unknown[] = []
    const task = bridge(async function work() {
      const own = currentTask()!
      await turn()
      seen.push(own.signal.aborted, own.signal.reason)
    })
    const future = task().start()
    future.cancel('enough')
    await future.catch(() => {})
    expect(seen).toEqual([true, 'enough'])
  })
})
