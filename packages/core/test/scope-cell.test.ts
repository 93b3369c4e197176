import { setImmediate } from 'node:timers/promises'
import {
  bridge,
  CallTimeoutError,
  currentSignal,
  InvalidArgumentError,
  runScope,
  timeLeft
} from '@bridge/core'
import { ScopeCell } from '@bridge/core/internal'
import { describe, expect, test } from 'vitest'

const HOUR = 3_600_000

describe('a scope cell', () => {
  test('gives code that runs inside the limits that it holds at that time, also after awaits', async () => {
    const cell = new ScopeCell({ timeout: HOUR })
    await cell.run(async () => {
      expect(timeLeft()).toBeLessThanOrEqual(HOUR)
      await setImmediate()
      cell.replace({ timeout: 3 * HOUR })
      expect(timeLeft()).toBeGreaterThan(2 * HOUR)
      cell.replace({})
      await setImmediate()
      expect(timeLeft()).toBeUndefined()
      expect(currentSignal()).toBeUndefined()
    })
  })

  test('keeps for a call the limits under which it was made, and a call that its scope ends counts as handled', async () => {
    const never = bridge(() => new Promise<never>(() => {}))
    const cell = new ScopeCell({ timeout: 10 })
    const call = cell.run(() => never().start())
    cell.replace({ timeout: HOUR })
    await expect(call).rejects.toThrow(CallTimeoutError)
    // A call that was not handled would end the process by its rejection.
    const unseen = new ScopeCell({ timeout: 10 })
    unseen.run(() => void never().start())
    unseen.replace({})
    await expect(runScope({ timeout: 30 }, () => never())).rejects.toThrow(CallTimeoutError)
  })

  test('has one signal for each time that it was set, which aborts with the signals of the scope around it', () => {
    const outer = new AbortController()
    runScope({ signal: outer.signal }, () => {
      const cell = new ScopeCell({ timeout: HOUR })
      cell.run(() => {
        const before = currentSignal()
        expect(currentSignal()).toBe(before)
        cell.replace({ timeout: 2 * HOUR })
        const after = currentSignal()
        expect(after).not.toBe(before)
        outer.abort('gone')
        expect([before?.reason, after?.reason]).toEqual(['gone', 'gone'])
      })
    })
  })

  test('bounds a scope inside of it, and is bounded by the one that it was made in', () => {
    runScope({ timeout: HOUR }, () => {
      const cell = new ScopeCell({ timeout: 5 * HOUR })
      cell.replace({ timeout: 4 * HOUR })
      cell.run(() => expect(timeLeft()).toBeLessThanOrEqual(HOUR))
      cell.replace({ timeout: 1000 })
      cell.run(() => runScope({ timeout: HOUR }, () => expect(timeLeft()).toBeLessThanOrEqual(1000)))
    })
  })

  test('refuses invalid limits', () => {
    expect(() => new ScopeCell({ timeout: -1 })).toThrow(InvalidArgumentError)
    expect(() => new ScopeCell({}).replace({ timeout: Number.NaN })).toThrow(/ScopeCell.replace/)
  })
})
