import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createPool } from '@bridge/pool'
import { describe, expect, it, onTestFinished } from 'vitest'
import { rejection } from './helpers.js'

const SESSIONS = new URL('./fixtures/sessions.mjs', import.meta.url)

type Sessions = typeof import('./fixtures/sessions.mjs')

/** A thread of its own, which has kept no object yet. */
function fresh() {
  const pool = createPool({ maxThreads: 1 })
  onTestFinished(() => pool.close({ drain: false }))
  return pool
}

describe('a resource that is the first thing that stays on its thread', () => {
  it('is a resource if its caller awaits', async () => {
    const tasks = fresh().import<Sessions>(SESSIONS)
    const session = await tasks.session('x')
    expect(session.value).toBe('X')
    await session[Symbol.asyncDispose]()
    expect(await tasks.leftSessions()).toEqual(['x'])
  })

  it('is a resource if its caller blocks', () => {
    const tasks = fresh().importSync<Sessions>(SESSIONS)
    const session = tasks.session('x')
    expect(session.value).toBe('X')
    session[Symbol.dispose]()
    expect(tasks.leftSessions()).toEqual(['x'])
  })
})

describe('a resource that no caller can dispose', () => {
  it('is disposed if its caller no longer waits when it is entered', async () => {
    const tasks = fresh().import<Sessions>(SESSIONS)
    await tasks.leftSessions()
    const word = new Int32Array(new SharedArrayBuffer(4))
    const late = tasks.gatedSession('late', word).with({ timeout: 20, onTimeout: 'abandon' })
    expect(await rejection(late)).toMatchObject({ code: 'BRIDGE_TIMEOUT' })
    Atomics.store(word, 0, 1)
    await expect.poll(() => tasks.leftSessions()).toEqual(['late'])
  })

  it('is disposed if it was collected', async () => {
    const tasks = fresh().import<Sessions>(SESSIONS)
    const enter = async (): Promise<string> => (await tasks.session('dropped')).value
    expect(await enter()).toBe('DROPPED')
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    await expect
      .poll(() => {
        collect()
        return tasks.leftSessions()
      })
      .toEqual(['dropped'])
  })
})
