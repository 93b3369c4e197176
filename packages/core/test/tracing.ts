import type { AsyncLocalStorage } from 'node:async_hooks'
import { channel, tracingChannel } from 'node:diagnostics_channel'
import type { CallTrace } from '@bridge/core'

const EVENTS = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const

/** The events of the tracing channel while it has a listener. */
export interface Traced {
  /** Each event with the function's name. */
  readonly events: string[]
  /** The events of each call, by its trace. */
  readonly calls: Map<CallTrace, string[]>
  stop(): void
}

/** Listens to the tracing channel; the value made for a trace is bound to `storage`, from the store that is active where its call is made. */
export function listen<T>(
  storage?: AsyncLocalStorage<T>,
  transform: (trace: CallTrace, parent: T | undefined) => T = trace => trace.name as T
): Traced {
  const events: string[] = []
  const calls = new Map<CallTrace, string[]>()
  const channels = tracingChannel('bridge:call')
  const handlers = Object.fromEntries(
    EVENTS.map(event => [
      event,
      (message: unknown): void => {
        const trace = message as CallTrace
        events.push(`${event} ${trace.name}`)
        calls.set(trace, [...(calls.get(trace) ?? []), event])
      }
    ])
  )
  channels.subscribe(handlers as never)
  const start = channel('tracing:bridge:call:start')
  if (storage !== undefined) {
    start.bindStore(storage, message => transform(message as CallTrace, storage.getStore()))
  }
  const stop = (): void => {
    channels.unsubscribe(handlers as never)
    if (storage !== undefined) start.unbindStore(storage)
  }
  return { events, calls, stop }
}

export const AWAITED = ['start', 'end', 'asyncStart', 'asyncEnd']
export const BLOCKING = ['start', 'end']
export const AWAITED_FAILING = ['start', 'end', 'error', 'asyncStart', 'asyncEnd']
export const BLOCKING_FAILING = ['start', 'error', 'end']
