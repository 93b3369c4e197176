import { getEventListeners } from 'node:events'
import { bridge, CallTimeoutError, InvalidArgumentError, runScope } from '@bridge/core'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { runSource } from './child.js'

const never = bridge(function never(): Promise<number> {
  return new Promise(() => {})
})
const items = bridge(function* items() {
  yield 1
  yield 2
})

describe('timers', () => {
  test('are real ones under a test runner that fakes them', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    await expect(never().with({ timeout: 20 })).rejects.toThrow(CallTimeoutError)
    await expect(runScope({ timeout: 20 }, () => never().start())).rejects.toThrow(CallTimeoutError)
  })

  test('of a stream that was awaited, or garbage-collected half read, do not keep the process alive', async () => {
    const { code, stdout, stderr } = await runSource(`
      import { bridge } from '@bridge/core'
      const items = bridge(function* () { yield 1; yield 2 })
      await items().with({ timeout: 60_000 })
      const iterator = items().with({ timeout: 60_000 })[Symbol.asyncIterator]()
      console.log((await iterator.next()).value)`)
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '1\n', stderr: '' })
  })

  test('keep the process alive while a promise or a pull waits for them', async () => {
    const { code, stdout, stderr } = await runSource(`
      import { bridge } from '@bridge/core'
      const never = bridge(() => new Promise(() => {}))
      const silent = bridge(async function* () { await new Promise(() => {}) })
      console.log(await never().with({ timeout: 50 }).catch(error => error.code))
      const iterator = silent().with({ timeout: 50 })[Symbol.asyncIterator]()
      console.log(await iterator.next().catch(error => error.code))
      const late = silent().with({ itemTimeout: 50 })[Symbol.asyncIterator]()
      console.log(await late.next().catch(error => error.code))`)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toBe('BRIDGE_TIMEOUT\nBRIDGE_TIMEOUT\nBRIDGE_TIMEOUT\n')
  })

  test.each([Infinity, 2 ** 31, Number.MAX_VALUE])('of %s ms do not fire at once', async milliseconds => {
    for (const option of ['timeout', 'runTimeout', 'itemTimeout'] as const) {
      const seen: number[] = []
      for await (const item of items().with({ [option]: milliseconds })) {
        await new Promise(setImmediate)
        seen.push(item)
      }
      expect(seen).toEqual([1, 2])
    }
  })
})

describe('a change of globals by a user', () => {
  test('stops no call', async () => {
    const { code, stdout, stderr } = await runSource(`
      import { bridge, parallelMap, runScope } from '@bridge/core'
      const log = console.log
      const Original = Promise
      for (const name of ['Promise', 'JSON', 'Atomics', 'setTimeout', 'clearTimeout', 'setImmediate', 'queueMicrotask']) {
        globalThis[name] = undefined
      }
      performance.now = () => 0
      const add = bridge((a, b) => a + b)
      const later = bridge(async n => n)
      const never = bridge(() => new Original(() => {}))
      const items = bridge(async function* () { yield 1; yield 2 })
      log(await add(1, 2), await later(3), add(3, 4).runSync(), await add(1, 2).start())
      log(await never().with({ timeout: 30 }).catch(error => error.code))
      for await (const n of items().with({ timeout: 60_000 })) log(n)
      log((await parallelMap([1, 2], n => later(n))).join())`)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toBe('3 3 7 3\nBRIDGE_TIMEOUT\n1\n2\n1,2\n')
  })
})

describe('a signal', () => {
  test('that bounds many calls has one listener, and none when they have ended', async () => {
    const stop = new AbortController()
    const calls = Array.from({ length: 1000 }, () => never().with({ signal: stop.signal }))
    const outcomes = Promise.allSettled(calls)
    await new Promise(setImmediate)
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1)
    const reason = new Error('stop')
    stop.abort(reason)
    for (const outcome of await outcomes) expect(outcome).toEqual({ status: 'rejected', reason })
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0)
  })

  test('of another realm is recognized by its shape', async () => {
    const target = new EventTarget()
    const foreign = {
      aborted: false,
      reason: undefined as unknown,
      addEventListener: target.addEventListener.bind(target),
      removeEventListener: target.removeEventListener.bind(target)
    }
    const signal = foreign as unknown as AbortSignal
    const outcome = never()
      .with({ signal })
      .catch((error: unknown) => error)
    await new Promise(setImmediate)
    Object.assign(foreign, { aborted: true, reason: 'foreign reason' })
    target.dispatchEvent(new Event('abort'))
    expect(await outcome).toBe('foreign reason')
    expect(await runScope({ signal }, () => items().start()).catch((error: unknown) => error)).toBe(
      'foreign reason'
    )
    expect(() => never().with({ signal: { aborted: true } as AbortSignal })).toThrow(InvalidArgumentError)
  })

  test('is not referenced by streams that were garbage-collected half read, nor references them', async () => {
    const { code, stdout, stderr } = await runSource(`
      import { getEventListeners } from 'node:events'
      import { setFlagsFromString } from 'node:v8'
      import { runInNewContext } from 'node:vm'
      import { bridge } from '@bridge/core'
      setFlagsFromString('--expose-gc')
      const gc = runInNewContext('gc')
      const { signal } = new AbortController()
      const items = bridge(function* () { const held = new Uint8Array(10_000); yield 1; yield held })
      const drop = async times => {
        for (let n = 0; n < times; n++) await items().with({ signal, timeout: 3_600_000 })[Symbol.asyncIterator]().next()
      }
      await drop(3000)
      // The memory of buffers is freed by a thread of V8, which is delayed on a busy machine.
      const look = () => [getEventListeners(signal, 'abort').length, process.memoryUsage().arrayBuffers < 5_000_000].join(' ')
      for (let n = 0; n < 200 && look() !== '0 true'; n++) { await new Promise(setImmediate); gc() }
      console.log(look())`)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toBe('0 true\n')
  })
})
