import { type Executor, InvalidArgumentError, inline, TaskNotFoundError } from '@bridge/core'
import { BRIDGE_EXECUTOR, BridgeModule, defineTasks, inlineTasks } from '@bridge/nest'
import { createPool } from '@bridge/pool'
import { Test } from '@nestjs/testing'
import { afterAll, describe, expect, expectTypeOf, test, vi } from 'vitest'
import { WorkTasks } from './support/work-tasks.js'

type Work = typeof import('./fixtures/work.tasks.mjs')

const url = new URL('./fixtures/work.tasks.mjs', import.meta.url)
const atHand = { double: (n: number) => n * 20 } as Work

describe('load of defineTasks', () => {
  const pool = createPool({ maxThreads: 1 })
  afterAll(() => pool.close())

  test('imports the module for each call if the executor is inline', async () => {
    const load = vi.fn(() => atHand)
    class Tasks extends defineTasks<Work>(url, { load }) {}
    const tasks = new Tasks(inline)
    expect(load).not.toHaveBeenCalled()
    expect([await tasks.double(1), await tasks.double(2)]).toEqual([20, 40])
    expect(load).toHaveBeenCalledTimes(2)
  })

  test('may return a promise', async () => {
    class Tasks extends defineTasks<Work>(url, { load: async () => atHand }) {}
    expect(await new Tasks(inline).double(1)).toBe(20)
  })

  test('applies only to its class, if other classes have the same module', async () => {
    class Tasks extends defineTasks<Work>(url, { load: () => atHand }) {}
    class Others extends defineTasks<Work>(url, { load: () => ({ ...atHand, double: n => n * 3 }) }) {}
    const [tasks, others, plain] = [new Tasks(inline), new Others(inline), new WorkTasks(inline)]
    expect([await tasks.double(1), await others.double(1), await plain.double(1)]).toEqual([20, 3, 2])
  })

  test('fails the call when it fails', async () => {
    const load = () => Promise.reject(new RangeError('not loaded'))
    class Tasks extends defineTasks<Work>(url, { load }) {}
    await expect(new Tasks(inline).double(1)).rejects.toThrow('not loaded')
  })

  test('is not called for another executor', async () => {
    const load = vi.fn(() => atHand)
    class Tasks extends defineTasks<Work>(url, { load }) {}
    expect(await new Tasks(pool).double(1)).toBe(2)
    expect(load).not.toHaveBeenCalled()
  })

  test.each([
    ['that is no function', { load: './tasks.js' }],
    ['beside an unknown option', { laod: () => atHand }],
    ['in options that are none', null]
  ])('is refused %s', (_, options) => {
    expect(() => defineTasks(url, options as never)).toThrow(/defineTasks\(\)/)
    expect(() => defineTasks(url, options as never)).toThrow(InvalidArgumentError)
  })
})

describe('inlineTasks', () => {
  test('makes an instance of the class, with its own methods, whose calls run the given functions', async () => {
    const tasks = inlineTasks(WorkTasks, { double: n => n + 1 })
    expect(tasks).toBeInstanceOf(WorkTasks)
    expect(await tasks.quadruple(5)).toBe(7)
  })

  test('streams generators', async () => {
    const tasks = inlineTasks(WorkTasks, {
      *rows(count) {
        for (let n = 0; n < count; n++) yield { n, id: 'here' }
      }
    })
    const seen: number[] = []
    for await (const { n } of tasks.rows(2)) seen.push(n)
    expect(seen).toEqual([0, 1])
  })

  test('keeps instances separate, and does not change the shared inline executor', async () => {
    const [ten, hundred] = [10, 100].map(by => inlineTasks(WorkTasks, { double: n => n * by }))
    expect(await Promise.all([ten?.double(1), hundred?.double(1), new WorkTasks(inline).double(1)])).toEqual([
      10, 100, 2
    ])
  })

  test('fails a call of a function that was not given', async () => {
    await expect(inlineTasks(WorkTasks, {}).double(1)).rejects.toThrow(TaskNotFoundError)
  })

  test('runs the given functions instead of the load of its class', async () => {
    class Tasks extends defineTasks<Work>(url, { load: () => import('./fixtures/work.tasks.mjs') }) {}
    expect(await inlineTasks(Tasks, { double: () => 7 }).double(1)).toBe(7)
  })

  test('passes the constructor its arguments after the executor', async () => {
    class Tasks extends defineTasks<Work>(url) {
      constructor(
        executor: Executor,
        readonly by: number
      ) {
        super(executor)
      }
      times(n: number) {
        return this.double(n).then(twice => twice * this.by)
      }
    }
    expect(await inlineTasks(Tasks, { double: n => 2 * n }, 3).times(4)).toBe(24)
  })

  test('replaces a provider, and its executor', async () => {
    const app = await Test.createTestingModule({ imports: [BridgeModule.forRoot()], providers: [WorkTasks] })
      .overrideProvider(WorkTasks)
      .useValue(inlineTasks(WorkTasks, { double: () => 7 }))
      .compile()
    expect(await app.get(WorkTasks).double(1)).toBe(7)
    expect(app.get(BRIDGE_EXECUTOR)).toBeDefined()
    await app.close()
  })

  test('knows the types of the module', () => {
    expectTypeOf(inlineTasks(WorkTasks, {})).toEqualTypeOf<WorkTasks>()
    // @ts-expect-error: it gives a number
    inlineTasks(WorkTasks, { double: () => 'text' })
    // @ts-expect-error: there is no such task
    inlineTasks(WorkTasks, { triple: () => 3 })
  })

  test.each([
    ['a class', undefined, {}],
    ['a module', WorkTasks, undefined],
    ['a module that is an object', WorkTasks, () => 7]
  ])('is refused without %s', (_, Tasks, module) => {
    expect(() => inlineTasks(Tasks as never, module as never)).toThrow(InvalidArgumentError)
  })
})
