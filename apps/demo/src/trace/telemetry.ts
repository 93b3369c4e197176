// The SDK, on the main thread and, as `setup` of the pool, on its thread. Spans stay in memory until they are taken.
import { traceCalls } from '@bridge/context/otel'
import { NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node'
import { KeptSpans } from './kept-spans.js'
import { spanOf, type TraceSpan } from './trace-span.js'

const kept = new KeptSpans()
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(kept)] })
provider.register()
const stopTracing = traceCalls()

/** Takes the spans of one trace that have ended on this thread. */
export function takeSpans(traceId: string): TraceSpan[] {
  return kept.take(traceId).map(spanOf)
}

/** Shuts the SDK down. */
export async function teardown(): Promise<void> {
  stopTracing()
  await provider.shutdown()
}
