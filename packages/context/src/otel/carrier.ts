import { AsyncLocalStorage } from 'node:async_hooks'
import { isConstant } from '@bridge/core/internal'
import { type Context, context, propagation, ROOT_CONTEXT } from '@opentelemetry/api'
import { ownModule } from '../own-module.js'
import { register } from '../registered.js'
import { OfCall, tracedContext } from './traced-context.js'

/** Headers, as the propagators write them: `traceparent`, `tracestate`, `baggage`. */
type Headers = Readonly<Record<string, string>>

/** Headers on a thread that has no propagator; the thread passes them on unchanged. */
class Unread {
  readonly headers: Headers

  constructor(headers: Headers) {
    this.headers = headers
  }
}

const unread = new AsyncLocalStorage<Unread | undefined>()

/** The headers of contexts, which never change; `NOTHING` for a context without a span and baggage. */
const injected = new WeakMap<Context, Headers | typeof NOTHING>()
const NOTHING = Symbol('nothing')

/** Contexts by their received headers, if there was no other context. */
const extracted = new WeakMap<Headers, Context>()

/** Whether a propagator is registered: an SDK does that, or the application. */
function canRead(): boolean {
  return propagation.fields().length > 0
}

type Captured = Context | OfCall | Unread

function capture(): Captured | undefined {
  const ofCall = tracedContext()
  if (ofCall !== undefined) return new OfCall(ofCall)
  const here = context.active()
  return here === ROOT_CONTEXT ? unread.getStore() : here
}

function restore<R>(value: Captured | undefined, fn: () => R): R {
  if (value instanceof Unread) return unread.run(value, fn)
  return context.with(value instanceof OfCall ? value.context : (value ?? ROOT_CONTEXT), fn)
}

function encode(captured: Captured): Headers | undefined {
  if (captured instanceof Unread) return captured.headers
  const value = captured instanceof OfCall ? captured.context : captured
  const known = injected.get(value)
  if (known !== undefined) return known === NOTHING ? undefined : known
  const headers: Headers = {}
  propagation.inject(value, headers)
  const isEmpty = Object.keys(headers).length === 0
  if (canRead()) injected.set(value, isEmpty ? NOTHING : headers)
  return isEmpty ? undefined : headers
}

function decode(headers: Headers, here: Captured | undefined): Context | Unread {
  if (!canRead()) return new Unread(headers)
  if (here instanceof OfCall) return propagation.extract(here.context, headers)
  if (here !== undefined && !(here instanceof Unread)) return propagation.extract(here, headers)
  const known = extracted.get(headers)
  if (known !== undefined) return known
  const made = propagation.extract(ROOT_CONTEXT, headers)
  if (isConstant(headers)) extracted.set(headers, made)
  return made
}

register({
  name: '@bridge/context/otel',
  module: ownModule(import.meta.url),
  isReadOnly: true,
  capture,
  restore: (value, fn) => restore(value as Captured | undefined, fn),
  encode: value => encode(value as Captured),
  decode: (wire, here) => decode(wire as Headers, here as Captured | undefined)
})
