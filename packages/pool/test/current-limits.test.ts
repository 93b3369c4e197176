import { type Call, currentSignal, runScope, type StreamCall, timeLeft } from '@bridge/core'
import { createLoop, createPool, currentSignal as fromPool } from '@bridge/pool'
import { describe, expect, it, onTestFinished } from 'vitest'
import { latch, rejection } from './helpers.js'

const HOUR = 3_600_000

interface Tasks {
  left(): Call<number | undefined>
  sleep(word: Int32Array): Call<void>
  steps(): StreamCall<number | boolean>
  leftInCallback(fn: () => unknown, timeout?: number): Call<unknown>
  leftInScope(timeout: number): Call<[number, boolean, boolean]>
}

function limited(isLoop = false) {
  const executor = isLoop ? createLoop() : createPool({ maxThreads: 1 })
  onTestFinished(() => executor.close())
  return executor.import<object>(new URL('./fixtures/limited.mjs', import.meta.url)) as unknown as Tasks
}

const isWithin = (left: unknown, most: number): boolean =>
  typeof left === 'number' && left > 0 && left <= most

describe.each([false, true])("a task's own code (on a loop: %s)", isLoop => {
  it('gets the rest of its timeout and of the scope that it was called in', async () => {
    const tasks = limited(isLoop)
    expect(await tasks.left()).toBeUndefined()
    expect(isWithin(await tasks.left().with({ timeout: HOUR }), HOUR)).toBe(true)
    expect(isWithin(tasks.left().with({ timeout: HOUR }).runSync(), HOUR)).toBe(true)
    const scoped = await runScope({ timeout: HOUR }, () => tasks.left().with({ timeout: 2 * HOUR }))
    expect(isWithin(scoped, HOUR)).toBe(true)
  })

  it('has a signal that aborts with its call', async () => {
    const tasks = limited(isLoop)
    const { word } = latch()
    await tasks.left()
    const error = await rejection(tasks.sleep(word).with({ timeout: 200 }))
    expect(error).toMatchObject({ code: 'BRIDGE_TIMEOUT' })
    expect(Atomics.load(word, 0)).toBe(1)
  })

  it('has the same at each step of a generator', async () => {
    const tasks = limited(isLoop)
    const [left, isSame] = [...tasks.steps().with({ timeout: HOUR })]
    expect([isWithin(left, HOUR), isSame]).toEqual([true, true])
  })

  it('has one of its own in a scope that it opens', async () => {
    const [left, isSame, isOwn] = await limited(isLoop).leftInScope(HOUR)
    expect([isWithin(left, HOUR), isSame, isOwn]).toEqual([true, true, true])
  })
})

describe("a callback's own code", () => {
  it('has the limits of the scope that it was passed in', async () => {
    const tasks = limited()
    await runScope({ timeout: HOUR }, async () => {
      const signal = currentSignal()
      const inside = () => [isWithin(timeLeft(), HOUR), currentSignal() === signal]
      expect(await tasks.leftInCallback(inside)).toEqual([true, true])
    })
    expect(await tasks.leftInCallback(() => timeLeft() ?? 'no limit')).toBe('no limit')
  })

  it('passes what is left on to the calls that are nested in it', async () => {
    const tasks = limited()
    const nested = await runScope({ timeout: HOUR }, () =>
      tasks.leftInCallback(async () => tasks.left()).start()
    )
    expect(isWithin(nested, HOUR)).toBe(true)
  })
})

describe('what @bridge/pool exports', () => {
  it("has core's limits, too", () => {
    expect(fromPool).toBe(currentSignal)
  })
})
