import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import '@bridge/context/otel'
import { createPool } from '@bridge/pool'
import { context, propagation, SpanKind, trace } from '@opentelemetry/api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exporter } from './fixtures/otel-sdk.mjs'

type Tasks = typeof import('./fixtures/otel.tasks.mjs')

const setup = new URL('./fixtures/otel-sdk.mjs', import.meta.url)
const pool = createPool({ maxThreads: 1, setup })
const tasks = pool.import<Tasks>(new URL('./fixtures/otel.tasks.mjs', import.meta.url))
const tracer = trace.getTracer('service')

/** A service that joins its client's trace, calls a task that calls back, and reads a stream. */
const server: Server = createServer((request, response) => {
  const remote = propagation.extract(context.active(), request.headers)
  tracer.startActiveSpan('request', { kind: SpanKind.SERVER }, remote, async span => {
    const callback = () => tracer.startActiveSpan('callback', inner => inner.end())
    await tasks.inSpan('task', callback)
    for await (const _ of tasks.steps(2)) tracer.startActiveSpan('step here', inner => inner.end())
    response.end(JSON.stringify(await tasks.see()))
    span.end()
  })
})

beforeAll(() => new Promise<void>(resolve => server.listen(0, resolve)))
afterAll(async () => {
  await new Promise(resolve => server.close(resolve))
  await pool.close()
})

test("an HTTP request's trace continues in the task, its callback, and each step of a stream, with its baggage", async () => {
  exporter.reset()
  const baggage = propagation.createBaggage({ tenant: { value: 'acme' } })
  const { client, answer } = await tracer.startActiveSpan('client', { kind: SpanKind.CLIENT }, async span =>
    context.with(propagation.setBaggage(context.active(), baggage), async () => {
      const headers: Record<string, string> = {}
      propagation.inject(context.active(), headers)
      const { port } = server.address() as AddressInfo
      const response = await fetch(`http://localhost:${port}`, { headers })
      span.end()
      return { client: span.spanContext(), answer: (await response.json()) as object }
    })
  )
  const here = exporter.getFinishedSpans()
  const there = await tasks.exported()
  const all = [
    ...here.map(span => ({
      name: span.name,
      parent: span.parentSpanContext?.spanId,
      ...span.spanContext()
    })),
    ...there
  ]
  const idOf = (name: string) => all.find(span => span.name === name)?.spanId
  const request = idOf('request')
  expect(new Set(all.map(({ traceId }) => traceId))).toEqual(new Set([client.traceId]))
  expect(all.map(({ name, parent }) => [name, parent])).toEqual([
    ['callback', idOf('task')],
    ['step here', request],
    ['step here', request],
    ['request', client.spanId],
    ['client', undefined],
    ['task', request],
    ['step 0', request],
    ['step 1', request],
    ['teardown', request]
  ])
  expect(answer).toEqual({ traceId: client.traceId, spanId: request, baggage: 'acme' })
})
