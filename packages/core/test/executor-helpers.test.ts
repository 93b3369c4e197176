import '../../../tools/live-globals.js'
import { ExecutorClosedError, inline, NotCloneableError } from '@bridge/core'
import {
  boundedRun,
  cloned,
  iteratorSource,
  type Run,
  RunningTasks,
  type StreamSource,
  streamSource,
  type Task
} from '@bridge/core/executor'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { Latch } from './latch.js'

const task = {
  name: 'work',
  module: undefined,
  fn: undefined,
  receiver: undefined,
  args: [],
  deadline: undefined,
  timeout: undefined,
  runTimeout: undefined,
  priority: undefined,
  affinity: undefined,
  signals: [],
  isCancellable: true,
  context: undefined,
  trace: undefined
} satisfies Task

describe('boundedRun', () => {
  test('resolves to the result of the task', async () => {
    await expect(boundedRun(task, async () => 1, vi.fn()).promise).resolves.toBe(1)
    await expect(boundedRun(task, () => 1, vi.fn()).promise).resolves.toBe(1)
  })

  test('gives the reason to a cancelled task, once, and to its caller', async () => {
    const onCancel = vi.fn()
    const run = boundedRun(task, () => new Promise(() => {}), onCancel)
    const reason = new Error('enough')
    run.cancel(reason)
    run.cancel(new Error('again'))
    await expect(run.promise).rejects.toBe(reason)
    expect(onCancel.mock.calls).toEqual([[reason]])
  })

  test('ends a task that aborts its own signal while it is called', async () => {
    const abort = new AbortController()
    const act = () => {
      abort.abort('by itself')
      return 1
    }
    await expect(boundedRun({ ...task, signals: [abort.signal] }, act, vi.fn()).promise).rejects.toBe(
      'by itself'
    )
  })

  test('times no item of a source whose step has thrown at once', async () => {
    const source = streamSource({
      next: () => {
        throw new Error('at once')
      },
      return: async () => ({ done: true, value: undefined }),
      throw: async error => Promise.reject(error)
    })
    const run = boundedRun({ ...task, itemTimeout: 1000 }, () => source, vi.fn())
    const stream = (await run.promise) as StreamSource
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      await expect(stream.next()).rejects.toThrow('at once')
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })

  test('refuses a task whose limit has been reached without running it', async () => {
    const call = vi.fn()
    const { promise } = boundedRun({ ...task, signals: [AbortSignal.abort('gone')] }, call, vi.fn())
    await expect(promise).rejects.toBe('gone')
    expect(call).not.toHaveBeenCalled()
  })
})

describe('RunningTasks', () => {
  test('waits on close() for the running tasks, and refuses later ones, by name', async () => {
    const latch = new Latch<number>()
    const running = new RunningTasks(Object.create(inline, { name: { value: 'process' } }))
    const start = (): Run => ({ promise: latch.opened, waitSync: () => 1, cancel: () => {} })
    const run = running.add(task, start)
    const closed = running.close()
    const refused = running.add(task, start)
    await expect(refused.promise).rejects.toThrow(ExecutorClosedError)
    await expect(refused.promise).rejects.toThrow('work(): process is closed')
    latch.open(1)
    await closed
    expect(await run.promise).toBe(1)
  })
})

describe('iteratorSource', () => {
  test('ends the iterator when an item can not cross', async () => {
    const cleanup = vi.fn()
    function* items() {
      try {
        yield () => {}
      } finally {
        cleanup()
      }
    }
    const source: StreamSource = iteratorSource(items(), async step => cloned('work()', 'item', await step()))
    await expect(source.next()).rejects.toThrow(NotCloneableError)
    expect(cleanup).toHaveBeenCalledTimes(1)
    expect(await source.next()).toEqual({ done: true, value: undefined })
  })

  test('has no blocking methods', () => {
    expect(iteratorSource([1].values()).blocking).toBeUndefined()
  })

  test('leaves no rejection unhandled, and keeps nothing, where each read makes a promise of its own', async () => {
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    onTestFinished(() => void process.off('unhandledRejection', unhandled))
    const running = new RunningTasks(Object.create(inline, { name: { value: 'process' } }))
    let reads = 0
    const run = running.add(task, () => ({
      get promise() {
        reads++
        return Promise.reject(new Error('failed'))
      },
      waitSync: () => 1,
      cancel: () => {}
    }))
    expect(reads).toBe(1)
    await expect(run.promise).rejects.toThrow('failed')
    await running.close()
    await new Promise(resolve => setImmediate(resolve))
    expect(unhandled).not.toHaveBeenCalled()
  })
})
