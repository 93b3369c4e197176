import type { Call, StreamCall } from '@bridge/core'
import { createPool, type PoolOptions } from '@bridge/pool'
import { onTestFinished } from 'vitest'

// biome-ignore lint/suspicious/noExplicitAny: each test passes functions of its own
type Fn = (...args: any[]) => any

export type CallbackTasks = typeof import('./fixtures/callback-tasks.mjs')

export const CALLBACK_TASKS = new URL('./fixtures/callback-tasks.mjs', import.meta.url)

/** The tasks of the fixture, which take functions of any type. */
type Remote = {
  [K in Exclude<keyof CallbackTasks, 'Bell' | 'eachOf' | 'eachOfLater'>]: (
    ...args: unknown[]
  ) => Call<unknown>
} & {
  eachOf(fn: Fn, limit: number): StreamCall<unknown>
  eachOfLater(fn: Fn, limit: number): StreamCall<unknown>
  Bell: new () => RemoteBell
}

export interface RemoteBell extends AsyncDisposable {
  on(listener: Fn): Call<RemoteBell>
  off(listener: Fn): Call<boolean>
  ring(...args: unknown[]): Call<unknown[]>
  ringLater(...args: unknown[]): Call<unknown[]>
  withSelf(fn: Fn): Call<unknown>
}

/** A pool that is closed when the test ends, and the fixture's tasks on it. */
export function callbackPool(options: PoolOptions = {}) {
  const pool = createPool({ maxThreads: 2, ...options })
  onTestFinished(() => pool.close({ drain: false }))
  return { pool, tasks: pool.import<object>(CALLBACK_TASKS) as unknown as Remote }
}
