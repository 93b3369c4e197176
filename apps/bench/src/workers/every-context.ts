import '@bridge/context/cls'
import '@bridge/context/otel'
import { trace } from '@opentelemetry/api'
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import { CLS_ID, ClsServiceManager, type ClsStore } from 'nestjs-cls'

new NodeTracerProvider().register()

/** Runs a function in a span and a request's store. */
export function inSpan<R>(act: () => R): R {
  const store = { [CLS_ID]: 'r1', tenant: 'acme', user: { id: 7, name: 'Ada' } } as unknown as ClsStore
  return ClsServiceManager.getClsService().runWith(store, () =>
    trace.getTracer('bench').startActiveSpan('request', span => {
      try {
        return act()
      } finally {
        span.end()
      }
    })
  )
}
