import { traceCalls } from '@bridge/context/otel'
import { bridge, inline } from '@bridge/core'
import { createPool } from '@bridge/pool'
import { trace } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { exporter } from './fixtures/otel-sdk.mjs'

type Tasks = typeof import('./fixtures/otel.tasks.mjs')

const url = new URL('./fixtures/otel.tasks.mjs', import.meta.url)
const setup = new URL('./fixtures/otel-sdk.mjs', import.meta.url)
const pool = createPool({ maxThreads: 1, name: 'traced pool', setup })
const tasks = pool.import<Tasks>(url)
const tracer = trace.getTracer('callers')
afterAll(() => pool.close())

let stop: () => void
beforeEach(async () => {
  await tasks.exported()
  stop = traceCalls()
  exporter.reset()
})
afterEach(() => stop())

/** The spans of calls that have ended, by the function that they call. */
const calls = () => exporter.getFinishedSpans().filter(({ name }) => name === 'bridge.call')
const parentOf = (span: ReadableSpan | undefined) => span?.parentSpanContext?.spanId
const idOf = (span: ReadableSpan | undefined) => span?.spanContext().spanId

function inRoot<R>(fn: (id: string) => R): R {
  return tracer.startActiveSpan('request', span => {
    try {
      return fn(span.spanContext().spanId)
    } finally {
      span.end()
    }
  })
}

describe('a call has a span of its own', () => {
  test("between its caller's and the task's", async () => {
    const request = await inRoot(async id => {
      await tasks.work('inner')
      return id
    })
    const [call] = calls()
    expect(call?.attributes).toEqual({
      'bridge.task': 'work',
      'bridge.kind': 'call',
      'bridge.executor': 'traced pool',
      'bridge.thread': expect.any(Number),
      'bridge.wait_time': expect.any(Number),
      'bridge.run_time': expect.any(Number)
    })
    expect(parentOf(call)).toBe(request)
    stop()
    expect(await tasks.exported()).toMatchObject([{ name: 'inner', parent: idOf(call) }])
  })

  test('when it blocks, and when it is a future', async () => {
    const request = inRoot(id => {
      tasks.work('blocking').runSync()
      pool.importSync<Tasks>(url).work('plain')
      return id
    })
    await inRoot(() => tasks.work('future').start())
    expect(calls().map(parentOf)).toEqual([request, request, expect.any(String)])
    stop()
    const inner = await tasks.exported()
    expect(inner.map(({ parent }) => parent)).toEqual(calls().map(idOf))
  })

  test("when it runs on this thread: the task's spans are children of it", async () => {
    const local = bridge(async (name: string) => {
      await null
      return tracer.startActiveSpan(name, span => {
        span.end()
        return span.spanContext().spanId
      })
    })
    const request = await inRoot(async id => {
      await local('local')
      return id
    })
    const [call] = calls()
    const inner = exporter.getFinishedSpans().find(({ name }) => name === 'local')
    expect(call?.attributes).toMatchObject({ 'bridge.executor': inline.name })
    expect([parentOf(call), parentOf(inner)]).toEqual([request, idOf(call)])
  })

  test('that ends with the stream, each step of which is in it', async () => {
    await inRoot(async () => {
      for await (const _ of tasks.steps(3)) expect(calls()).toEqual([])
    })
    const [call] = calls()
    expect(call?.attributes).toMatchObject({ 'bridge.task': 'steps' })
    stop()
    const inner = await tasks.exported()
    expect(inner.map(({ name }) => name)).toEqual(['step 0', 'step 1', 'step 2', 'teardown'])
    expect(new Set(inner.map(({ parent }) => parent))).toEqual(new Set([idOf(call)]))
  })

  test("and a callback's span on this thread is a child of the task's, which is a child of the call's", async () => {
    const { spanId } = await inRoot(() =>
      tasks.inSpan('task', () => tracer.startActiveSpan('callback', span => span.end()))
    )
    const callback = exporter.getFinishedSpans().find(({ name }) => name === 'callback')
    expect(parentOf(callback)).toBe(spanId)
    stop()
    const task = (await tasks.exported()).find(({ name }) => name === 'task')
    expect(task?.parent).toBe(idOf(calls()[0]))
  })

  test('that records its error', async () => {
    await expect(
      inRoot(() => tasks.callBack(() => Promise.reject(new RangeError('too far'))))
    ).rejects.toThrow('too far')
    const [call] = calls()
    expect(call?.status).toEqual({ code: 2, message: 'too far' })
    expect(call?.events).toMatchObject([
      { name: 'exception', attributes: { 'exception.type': 'RangeError' } }
    ])
  })
})

test('the caller has its own span again after the call was made', async () => {
  await inRoot(async id => {
    const call = tasks.work('x')
    expect(trace.getActiveSpan()?.spanContext().spanId).toBe(id)
    await call
    expect(trace.getActiveSpan()?.spanContext().spanId).toBe(id)
  })
})

test('a thread that traces already adds no second span, and none when it has ended', async () => {
  const again = traceCalls()
  await tasks.work('once')
  expect(calls()).toHaveLength(1)
  again()
  await tasks.work('untraced')
  expect(calls()).toHaveLength(1)
})

test('the spans of calls in flight end with the tracing', async () => {
  const call = tasks.work('under way').start()
  const steps = tasks.steps(3)[Symbol.asyncIterator]()
  await steps.next()
  stop()
  const names = () => calls().map(({ attributes }) => attributes['bridge.task'])
  expect(names()).toContain('steps')
  await call
  await steps.return?.()
  expect(names().sort()).toEqual(['steps', 'work'])
})

test('the stop function of an earlier tracing does not stop a later one', async () => {
  const earlier = stop
  earlier()
  stop = traceCalls()
  earlier()
  await tasks.work('traced')
  expect(calls()).toHaveLength(1)
})
