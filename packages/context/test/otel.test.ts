import '@bridge/context/otel'
import { captureContext, restoreContext } from '@bridge/context'
import { createPool, loop, type Pool } from '@bridge/pool'
import { context, propagation, type Span, trace } from '@opentelemetry/api'
import { afterAll, describe, expect, test } from 'vitest'
import { exporter } from './fixtures/otel-sdk.mjs'

type Tasks = typeof import('./fixtures/otel.tasks.mjs')

const url = new URL('./fixtures/otel.tasks.mjs', import.meta.url)
const pools: Pool[] = []
const poolWith = (setup?: URL) => {
  const pool = createPool({ maxThreads: 1, setup })
  pools.push(pool)
  return pool
}
const tasks = poolWith(new URL('./fixtures/otel-sdk.mjs', import.meta.url)).import<Tasks>(url)
const plain = poolWith().import<Tasks>(url)
afterAll(() => Promise.all(pools.map(pool => pool.close())))

const tracer = trace.getTracer('callers')

/** Runs a function in a span, with baggage. */
async function inSpan<R>(name: string, fn: (span: Span) => R): Promise<Awaited<R>> {
  return await tracer.startActiveSpan(name, async span => {
    const baggage = propagation.createBaggage({ tenant: { value: `tenant of ${name}` } })
    try {
      return await context.with(propagation.setBaggage(context.active(), baggage), () => fn(span))
    } finally {
      span.end()
    }
  })
}

const seenIn = (span: Span, name: string) => ({
  traceId: span.spanContext().traceId,
  spanId: span.spanContext().spanId,
  baggage: `tenant of ${name}`
})

describe('on a thread with an SDK', () => {
  test('trace context and baggage are available, awaited and blocking', async () => {
    await inSpan('a', async span => {
      for (let n = 0; n < 3; n++) {
        expect(await tasks.see()).toEqual(seenIn(span, 'a'))
        expect(await tasks.seeLater()).toEqual(seenIn(span, 'a'))
        expect(tasks.seeLater().runSync()).toEqual(seenIn(span, 'a'))
      }
    })
    expect(await tasks.isRoot()).toBe(true)
  })

  test('each of 200 concurrent calls is in its own trace', async () => {
    const names = Array.from({ length: 200 }, (_, n) => `${n}`)
    const seen = await Promise.all(
      names.map(name => inSpan(name, async span => [await tasks.seeLater(), seenIn(span, name)]))
    )
    for (const [found, expected] of seen) expect(found).toEqual(expected)
  })

  test("the task's own spans are children of the caller's, at each step of a stream and at its end", async () => {
    await tasks.exported()
    await inSpan('streaming', async span => {
      let steps = 0
      for await (const _ of tasks.steps(100)) if (++steps === 2) break
      const { traceId, spanId } = span.spanContext()
      const made = (await tasks.exported()).filter(({ name }) => !/^step ([2-9]|\d\d)/.test(name))
      expect(made.map(({ name }) => name)).toEqual(['step 0', 'step 1', 'teardown'])
      for (const one of made) expect(one).toMatchObject({ parent: spanId, traceId })
    })
  })

  test("a callback's span on this thread is a child of the task's", async () => {
    exporter.reset()
    await inSpan('calling', async () => {
      const { spanId, returned } = await tasks.inSpan('task', () =>
        tracer.startActiveSpan('callback', span => {
          span.end()
          return span.spanContext().spanId
        })
      )
      const [callback] = exporter.getFinishedSpans()
      expect(callback?.spanContext().spanId).toBe(returned)
      expect(callback?.parentSpanContext?.spanId).toBe(spanId)
    })
  })

  test("a callback sees the caller's own span if the task has no span", async () => {
    await inSpan('calling', async span => {
      expect(await tasks.callBack(() => trace.getActiveSpan() === span)).toBe(true)
    })
  })
})

describe('on a thread without an SDK', () => {
  test('a call runs, and a callback sees the span of its caller', async () => {
    await inSpan('a', async span => {
      expect(await plain.see()).toEqual({ traceId: undefined, spanId: undefined, baggage: undefined })
      expect(await plain.callBack(() => trace.getActiveSpan() === span)).toBe(true)
      expect(loop.importSync<Tasks>(url).isRoot()).toBe(true)
    })
  })
})

test("a snapshot travels as JSON: a queue's job is in the trace of its producer", async () => {
  const { json, seen } = await inSpan('queueing', span => ({
    json: JSON.stringify(captureContext()),
    seen: seenIn(span, 'queueing')
  }))
  expect(await restoreContext(JSON.parse(json)).run(() => tasks.see())).toEqual(seen)
})
