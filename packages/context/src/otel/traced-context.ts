import { AsyncLocalStorage } from 'node:async_hooks'
import { type Context, context } from '@opentelemetry/api'

/** The context of a call, with its span. Unlike the context in which the call is made, it also has to be restored on this thread. */
export class OfCall {
  readonly context: Context

  constructor(context: Context) {
    this.context = context
  }
}

/** A call's span in its context, and the context in which the call was made. */
export interface Traced {
  readonly within: Context
  readonly ofCall: Context
}

/** Bound to the tracing channel's `start` (trace-calls.ts): set while the context of a call is captured. */
export const traced = new AsyncLocalStorage<Traced | undefined>()

/** The context with the span of the call that is being made, or `undefined`. */
export function tracedContext(): Context | undefined {
  const store = traced.getStore()
  return store !== undefined && store.within === context.active() ? store.ofCall : undefined
}
