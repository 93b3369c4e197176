import { traceCalls } from '@bridge/context/otel'
import { NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node'

/** In place of an exporter to Jaeger, Tempo or a vendor. */
const exporter = {
  export(spans, done) {
    for (const span of spans) console.log('span', span.name)
    done({ code: 0 })
  },
  shutdown: async () => {}
}

new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register()
traceCalls()
