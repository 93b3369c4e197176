import { inspect } from 'node:util'
import { bridge, CallAbortedError, CannotBlockError, currentTask, InvalidArgumentError } from '@bridge/core'
import { describe, expect, test, vi } from 'vitest'
import { Latch, turn } from './latch.js'

describe('a future', () => {
  test('starts immediately', () => {
    const fn = vi.fn(() => 1)
    bridge(fn)().start()
    expect(fn).toHaveBeenCalledTimes(1)
  })

  test('is a promise of the value', async () => {
    const future = bridge(async () => 1)().start()
    expect(await future).toBe(1)
    expect(await future.then(n => n + 1)).toBe(2)
    expect(await future.finally(() => {})).toBe(1)
    const failing = bridge(async () => Promise.reject(new Error('no')))().start()
    expect(await failing.catch((error: Error) => error.message)).toBe('no')
  })

  test('can be waited for where its function was synchronous', () => {
    expect(
      bridge(() => 1)()
        .start()
        .waitSync()
    ).toBe(1)
    const error = new Error('no')
    const failing = bridge(() => {
      throw error
    })().start()
    expect(() => failing.waitSync()).toThrow(error)
    expect(() => failing.waitSync(100)).toThrow(error)
  })

  test('refuses a wait that would stop the code it waits for', async () => {
    const latch = new Latch<number>()
    const future = bridge(() => latch.opened)().start()
    expect(() => future.waitSync()).toThrow(CannotBlockError)
    latch.open(3)
    expect(await future).toBe(3)
  })

  test('of a generator resolves to its stream, awaited or waited for', async () => {
    const items = bridge(function* () {
      yield* [1, 2]
    })
    expect([...items().start().waitSync()]).toEqual([1, 2])
    expect([...(await items().start())]).toEqual([1, 2])
  })

  test('started twice, or awaited and then started, is of one run', async () => {
    const fn = vi.fn(async () => ({}))
    const call = bridge(fn)()
    const [a, b, c] = [call.start(), call, call.start()]
    expect(await a).toBe(await b)
    expect(await a).toBe(await c)
    expect(fn).toHaveBeenCalledTimes(1)
  })

  test('prints its function', () => {
    expect(inspect(bridge(function hash() {})().start())).toBe('Future hash')
  })

  test('refuses a timeout that is not one', () => {
    const future = bridge(() => 1)().start()
    expect(() => future.waitSync(-1)).toThrow(InvalidArgumentError)
  })
})

describe('cancel()', () => {
  const untilStopped = bridge(async function untilStopped(cleanup: () => Promise<void> | void) {
    const { signal } = currentTask()!
    try {
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    } finally {
      await cleanup()
    }
  })

  test('rejects with CallAbortedError that names the function', async () => {
    const future = untilStopped(() => {}).start()
    future.cancel()
    await expect(future).rejects.toThrow(CallAbortedError)
    await expect(future).rejects.toMatchObject({ name: 'AbortError', code: 'BRIDGE_ABORTED' })
    await expect(future).rejects.toThrow(/untilStopped\(\)/)
  })

  test('rejects with CallAbortedError where the reason given is undefined', async () => {
    const future = untilStopped(() => {}).start()
    future.cancel(undefined)
    await expect(future).rejects.toThrow(CallAbortedError)
  })

  test.each([new Error('mine'), 'text', null])('rejects with the reason given: %s', async reason => {
    const future = untilStopped(() => {}).start()
    future.cancel(reason)
    expect(await future.catch((error: unknown) => ({ error }))).toEqual({ error: reason })
  })

  test('lets the task clean up first, and the caller still sees the cancellation', async () => {
    const cleaning = new Latch()
    const steps: string[] = []
    const future = untilStopped(async () => {
      steps.push('cleaning')
      await cleaning.opened
      steps.push('clean')
    }).start()
    const told = future.catch(() => steps.push('told'))
    future.cancel()
    await turn()
    expect(steps).toEqual(['cleaning'])
    cleaning.open()
    await told
    expect(steps).toEqual(['cleaning', 'clean', 'told'])
  })

  test('is seen even where the task is just finishing', async () => {
    const latch = new Latch<string>()
    const future = bridge(() => latch.opened)().start()
    latch.open('finished')
    future.cancel(new Error('cancelled'))
    await expect(future).rejects.toThrow('cancelled')
  })

  test('does not wait for ever for a task that does not listen', async () => {
    const future = bridge(() => new Promise(() => {}))().start()
    future.cancel(new Error('cancelled'))
    await expect(future).rejects.toThrow('cancelled')
  })

  test('twice keeps the first reason', async () => {
    const future = untilStopped(() => {}).start()
    future.cancel(new Error('first'))
    future.cancel(new Error('second'))
    await expect(future).rejects.toThrow('first')
  })

  test('after the end changes nothing', async () => {
    const future = bridge(() => 1)().start()
    expect(await future).toBe(1)
    future.cancel()
    expect(await future).toBe(1)
  })
})
