import { createCluster } from '@bridge/cluster'
import { nats } from '@bridge/cluster/nats'
import { traceCalls } from '@bridge/context/otel'
import { context, propagation, trace } from '@opentelemetry/api'
import { expect, onTestFinished, test } from 'vitest'
import { exporter } from './fixtures/otel-sdk.mjs'
import { describeWith, startServer } from './servers.js'
import { ScratchPackage, startWorker } from './workers.js'

/** The ids of a task's span and of its parent, and the tenant in its baggage. */
interface Seen {
  readonly traceId: string
  readonly parentId: string | undefined
  readonly tenant: string | undefined
}

interface Tasks {
  work(): Promise<Seen>
  steps(count: number): AsyncGenerator<Seen>
}

const api = import.meta.resolve('@opentelemetry/api')
const setup = new URL('./fixtures/otel-sdk.mjs', import.meta.url).pathname

const TASKS = `
  import { context, propagation, trace } from '${api}'
  const seen = () => trace.getTracer('tasks').startActiveSpan('work', span => {
    span.end()
    return {
      traceId: span.spanContext().traceId,
      parentId: span.parentSpanContext?.spanId,
      tenant: propagation.getBaggage(context.active())?.getEntry('tenant')?.value
    }
  })
  export const work = async () => seen()
  export async function* steps(count) {
    for (let n = 0; n < count; n++) yield seen()
  }`

describeWith('nats-server', 'a trace over a cluster', () => {
  test("continues in the worker: its spans are children of the call's, and the baggage is there", async () => {
    await using server = await startServer('nats-server')
    using scratch = new ScratchPackage()
    const tasks = scratch.module('tasks.js', TASKS)
    await using worker = await startWorker(server.url, [
      '--carriers',
      '@bridge/context/otel',
      '--setup',
      setup,
      tasks
    ])
    await using cluster = createCluster({ engine: nats(server.url) })
    onTestFinished(traceCalls())
    const { work, steps } = cluster.import<Tasks>(tasks)
    const baggage = propagation.createBaggage({ tenant: { value: 'acme' } })
    const within = propagation.setBaggage(context.active(), baggage)

    const { seen, items, root } = await context.with(within, () =>
      trace.getTracer('service').startActiveSpan('request', async span => {
        const first = await work()
        const all: Seen[] = []
        for await (const item of steps(2)) all.push(item)
        span.end()
        return { seen: first, items: all, root: span.spanContext() }
      })
    )
    const [call, stream] = exporter.getFinishedSpans().filter(({ name }) => name === 'bridge.call')
    expect(call?.parentSpanContext?.spanId).toBe(root.spanId)
    expect(seen).toEqual({ traceId: root.traceId, parentId: call?.spanContext().spanId, tenant: 'acme' })
    for (const item of items) {
      expect(item).toEqual({ traceId: root.traceId, parentId: stream?.spanContext().spanId, tenant: 'acme' })
    }
    expect(worker.lines[0]).toContain(String(call?.attributes['bridge.worker']))
  })
})
