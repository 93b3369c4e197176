import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bridge, CallTimeoutError, InvalidArgumentError, inline, WorkerLostError } from '@bridge/core'
import type { Executor, Task } from '@bridge/core/executor'
import { runTask } from '@bridge/core/host'
import { describe, expect, test } from 'vitest'
import { scratchFolder } from './child.js'
import { ToyExecutor } from './toy-executor.js'

interface Tasks {
  hash(text: string): Promise<string>
}

function moduleOf(source: string): string {
  const file = join(scratchFolder(), 'tasks.mjs')
  writeFileSync(file, source)
  return pathToFileURL(file).href
}

const HASH = 'export const hash = text => text'

function taskOf(task: Partial<Task>): Task {
  return {
    name: 'hash',
    module: moduleOf(HASH),
    fn: undefined,
    receiver: undefined,
    args: [],
    deadline: undefined,
    timeout: undefined,
    runTimeout: undefined,
    priority: undefined,
    affinity: undefined,
    signals: [],
    isCancellable: false,
    context: undefined,
    trace: undefined,
    ...task
  }
}

describe.each([
  ['retries', { retries: 2 }],
  ['idempotencyKey', { idempotencyKey: 'order-7' }]
])('%s', (name, options) => {
  test('is refused by an executor that does not honour it, at the call', () => {
    const tasks = inline.import<Tasks>(moduleOf(HASH))
    expect(() => tasks.hash('x').with(options)).toThrow(
      new InvalidArgumentError(
        `hash().with(): inline does not support ${name}; leave it out, or call through an executor that does`
      )
    )
  })

  test('is refused where a module is imported, too', () => {
    expect(() => inline.import<Tasks>(moduleOf(HASH), options)).toThrow(/import\(\): inline does not support/)
    expect(() => inline.importSync<Tasks>(moduleOf(HASH), options)).toThrow(
      /importSync\(\): inline does not support/
    )
  })

  test('is refused where a function is bridged', () => {
    expect(() => bridge(() => 1, options)).toThrow(`inline does not support ${name}`)
  })

  test('is refused when a call that has it is moved to an executor that does not honour it', () => {
    const tasks = honouring([]).import<Tasks>(moduleOf(HASH), options)
    expect(() => tasks.hash('x').with({ executor: inline })).toThrow(`inline does not support ${name}`)
  })

  test('reaches an executor that says that it honours it', async () => {
    const seen: Task[] = []
    await honouring(seen).import<Tasks>(moduleOf(HASH)).hash('x').with(options)
    expect(seen[0]).toMatchObject(options)
  })
})

function honouring(seen: Task[]): Executor {
  class Honouring extends ToyExecutor {
    readonly honours = ['retries', 'idempotencyKey'] as const
    override start(task: Task) {
      seen.push(task)
      return super.start(task)
    }
  }
  return new Honouring()
}

test('zero retries are accepted by every executor', async () => {
  const tasks = inline.import<Tasks>(moduleOf(HASH))
  expect(await tasks.hash('x').with({ retries: 0 })).toBe('x')
})

test.each([{ retries: -1 }, { retries: 1.5 }, { idempotencyKey: 5 }])('%j is refused', options => {
  const tasks = honouring([]).import<Tasks>(moduleOf(HASH))
  expect(() => tasks.hash('x').with(options as object)).toThrow(InvalidArgumentError)
})

describe('a relay', () => {
  test('runs the export that it names, and errors show the name of the function that it relays', async () => {
    const module = moduleOf('export const relay = () => new Promise(() => {})')
    const task = taskOf({ module, exportName: 'relay', deadline: Date.now() - 1, timeout: 1 })
    const run = inline.start(task)
    const error: unknown = await run.promise.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(CallTimeoutError)
    expect((error as Error).message).toMatch(/^hash\(\) did not finish/)
  })

  test('returns the result of that function', async () => {
    const module = moduleOf("export const relay = text => 'relayed ' + text")
    expect(await inline.start(taskOf({ module, exportName: 'relay', args: ['x'] })).promise).toBe('relayed x')
  })
})

describe('a host whose callers are on other machines', () => {
  const context = [['test/delivery', 'file:///of/the/caller.mjs', 'de']] as const

  test('imports the carriers that it was given, and none that its caller names', async () => {
    const carrier = moduleOf(`
      import { addCarrier } from '@bridge/core'
      addCarrier({ name: 'test/delivery', module: import.meta.url, capture: () => undefined,
        restore: (value, fn) => { globalThis.delivered = value; return fn() } })`)
    const module = moduleOf('export const get = () => globalThis.delivered')
    const { outcome } = runTask({ name: 'get', module, args: [], context, carriers: [carrier] })
    expect(await outcome).toEqual({ type: 'value', value: 'de' })
  })

  test('skips values that none of them registers', async () => {
    const foreign = [['test/foreign', 'file:///of/the/caller.mjs', 'de']] as const
    const module = moduleOf('export const get = () => 1')
    const { outcome } = runTask({ name: 'get', module, args: [], context: foreign, carriers: [] })
    expect(await outcome).toEqual({ type: 'value', value: 1 })
  })
})

test('a lost worker may have run its task, unless it is known that it has not', () => {
  expect(new WorkerLostError('x').mayHaveRun).toBe(true)
  expect(new WorkerLostError('x', { mayHaveRun: false }).mayHaveRun).toBe(false)
})
