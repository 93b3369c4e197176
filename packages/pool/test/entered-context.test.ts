import { createPool } from '@bridge/pool'
import { expect, it, onTestFinished } from 'vitest'
import type * as enteredTasks from './fixtures/entered.mjs'
import { storage } from './fixtures/entering.mjs'

it("enters a context where a task starts in its thread's root context, and restores it where one starts after an import", async () => {
  const pool = createPool({ maxThreads: 1 })
  onTestFinished(() => pool.close())
  const tasks = pool.import<typeof enteredTasks>(new URL('./fixtures/entered.mjs', import.meta.url))
  const first = await storage.run('first', () => tasks.found())
  expect(first).toEqual({ value: 'first', ways: ['restored'] })
  const second = await storage.run('second', () => tasks.found())
  expect(second).toEqual({ value: 'second', ways: ['restored', 'entered'] })
  expect(await tasks.found()).toEqual({ value: undefined, ways: ['restored', 'entered'] })
  const blocking = storage.run('third', () => tasks.found().runSync())
  expect(blocking.value).toBe('third')
})
