import { getEventListeners } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { bridge, CallTimeoutError, currentSignal, currentTask, runScope, timeLeft } from '@bridge/core'
import { describe, expect, test } from 'vitest'
import { runSource } from './child.js'

const HOUR = 3_600_000

const signalNow = (): AbortSignal => currentSignal() as AbortSignal

describe('timeLeft()', () => {
  test('is what is left of the scope, of the earliest deadline where scopes nest, and 0 when it has passed', () => {
    runScope({ timeout: HOUR }, () => {
      expect(timeLeft()).toBeGreaterThan(HOUR - 60_000)
      expect(timeLeft()).toBeLessThanOrEqual(HOUR)
      runScope({ timeout: 2 * HOUR }, () => expect(timeLeft()).toBeLessThanOrEqual(HOUR))
      runScope({ deadline: Date.now() - 1000 }, () => expect(timeLeft()).toBe(0))
    })
  })

  test('is undefined where nothing has a deadline', () => {
    expect(timeLeft()).toBeUndefined()
    runScope({ signal: new AbortController().signal, timeout: Infinity }, () =>
      expect(timeLeft()).toBeUndefined()
    )
  })

  test('is that of the call inside of a function that is called with a timeout', async () => {
    const left = bridge(async () => timeLeft())
    expect(await left().with({ timeout: HOUR })).toBeGreaterThan(0)
    expect(await left()).toBeUndefined()
  })
})

describe('currentSignal()', () => {
  test('is undefined where nothing bounds the code', () => {
    expect(currentSignal()).toBeUndefined()
    runScope({}, () => expect(currentSignal()).toBeUndefined())
  })

  test('is the same inside of a scope, also after awaits, and another one in a nested scope', async () => {
    await runScope({ timeout: HOUR }, async () => {
      const outer = signalNow()
      await setTimeout(1)
      expect(currentSignal()).toBe(outer)
      runScope({ timeout: 10 }, () => {
        expect(currentSignal()).not.toBe(outer)
        expect(currentSignal()).toBe(currentSignal())
      })
      expect(currentSignal()).toBe(outer)
    })
  })

  test('is the signal itself where that is all that bounds the scope', () => {
    const { signal } = new AbortController()
    runScope({ signal }, () => expect(currentSignal()).toBe(signal))
  })

  test('aborts with the reason of any signal of the scope, and of those around it', () => {
    for (const aborting of [0, 1]) {
      const stops = [new AbortController(), new AbortController()] as const
      const signals = runScope({ signal: stops[0].signal, timeout: HOUR }, () => {
        const outer = signalNow()
        return [outer, runScope({ signal: stops[1].signal }, signalNow)] as const
      })
      const reason = new Error('stopped')
      stops[aborting]?.abort(reason)
      expect(signals[1].reason).toBe(reason)
      expect(signals[0].aborted).toBe(aborting === 0)
    }
  })

  test('has aborted if a signal of the scope had aborted before', () => {
    const reason = new Error('before')
    const signal = AbortSignal.abort(reason)
    runScope({ signal, timeout: HOUR }, () => expect(signalNow().reason).toBe(reason))
  })

  test('aborts with a CallTimeoutError when the deadline has passed', async () => {
    const reason = await runScope({ timeout: 20 }, () =>
      setTimeout(HOUR, undefined, { signal: currentSignal() }).catch(error => error.cause)
    )
    expect(reason).toBeInstanceOf(CallTimeoutError)
    expect(reason).toMatchObject({ code: 'BRIDGE_TIMEOUT' })
  })

  test('has aborted when it is read after the deadline, although the thread was busy until then', () => {
    runScope({ timeout: 5 }, () => {
      const signal = signalNow()
      const until = performance.now() + 10
      while (performance.now() < until);
      expect(currentSignal()).toBe(signal)
      expect(signal.reason).toBeInstanceOf(CallTimeoutError)
    })
  })

  test('is that of the task inside a local call with limits', async () => {
    const own = bridge(async () => [currentSignal(), currentTask()?.signal])
    const [signal, ofTask] = await own().with({ timeout: HOUR })
    expect(signal).toBeInstanceOf(AbortSignal)
    expect(signal).toBe(ofTask)
  })

  test('can be given to what takes a signal', async () => {
    const stop = new AbortController()
    const waiting = runScope({ signal: stop.signal, timeout: HOUR }, () =>
      setTimeout(HOUR, undefined, { signal: currentSignal() })
    )
    stop.abort()
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
    expect(getEventListeners(stop.signal, 'abort')).toEqual([])
  })

  test('of thousands of scopes leaves neither listener nor timer when they are over', async () => {
    const { stdout, stderr, code } = await runSource(
      `
      import { createHook } from 'node:async_hooks'
      import { getEventListeners } from 'node:events'
      import { currentSignal, runScope } from '@bridge/core'
      const timers = new Set()
      createHook({
        init: (id, type) => type === 'Timeout' && timers.add(id),
        destroy: id => timers.delete(id)
      }).enable()
      const long = new AbortController()
      const ignore = () => {}
      const scope = n => runScope({ signal: long.signal, timeout: ${HOUR} }, async () => {
        const signal = currentSignal()
        signal.addEventListener('abort', ignore)
        await null
        if (n % 2 === 0) signal.removeEventListener('abort', ignore)
        else if (currentSignal() !== signal) throw new Error('another one')
      })
      for (let n = 0; n < 5000; n += 2) await scope(n)
      const most = timers.size
      while (timers.size > 0 || getEventListeners(long.signal, 'abort').length > 0) {
        await new Promise(resolve => setImmediate(resolve))
        gc()
      }
      console.log(JSON.stringify([most > 100, timers.size]))
    `,
      'mjs',
      undefined,
      ['--expose-gc']
    )
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual([true, 0])
    expect(code).toBe(0)
  })

  test('aborts although only its listener references it, and does not keep the process alive', async () => {
    const { stdout, stderr, code } = await runSource(
      `
      import { currentSignal, runScope } from '@bridge/core'
      const long = new AbortController()
      const wait = async () => {
        const signal = currentSignal()
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      }
      runScope({ signal: long.signal, timeout: ${HOUR} }, wait).catch(reason => console.log(reason))
      runScope({ timeout: 30 }, wait).catch(reason => console.log(reason.code))
      for (let turn = 0; turn < 20; turn++) {
        await new Promise(resolve => setTimeout(resolve, 5))
        gc()
      }
      long.abort('stopped')
    `,
      'mjs',
      undefined,
      ['--expose-gc']
    )
    expect(stderr).toBe('')
    expect(stdout).toBe('BRIDGE_TIMEOUT\nstopped\n')
    expect(code).toBe(0)
  })
})
