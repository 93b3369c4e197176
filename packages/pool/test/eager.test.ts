import { createPool } from '@bridge/pool'
import { expect, it, onTestFinished, vi } from 'vitest'
import { TASKS, type Tasks } from './helpers.js'

it('an eager module can be spied on, and works as before when it is restored', () => {
  const pool = createPool({ maxThreads: 1 })
  onTestFinished(() => pool.close())
  const tasks = pool.importSync<Tasks>(TASKS, { eager: true })
  const spy = vi.spyOn(tasks, 'add')
  expect(tasks.add(1, 2)).toBe(3)
  expect(spy).toHaveBeenCalledWith(1, 2)
  spy.mockReturnValue(7 as never)
  expect(tasks.add(1, 2)).toBe(7)
  spy.mockRestore()
  expect(tasks.add(1, 2)).toBe(3)
})
