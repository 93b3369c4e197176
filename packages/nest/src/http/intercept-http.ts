import { type Observable, of } from 'rxjs'
import { handleInScope } from '../scope/in-scope.js'
import type { Interception } from '../scope/interception.js'
import type { RequestScope } from '../scope/request-scope.js'
import { isStream, ScopedStream } from '../stream/scoped-stream.js'
import { streamAnswer } from '../stream/stream-answer.js'
import { type HttpExchange, identify, openHttpScope, openScopeOf } from './http-scope.js'
import type { Held, RawResponse } from './raw-http.js'
import type { IncomingRequest } from './request-id.js'

/** Runs an HTTP handler in the request's scope. */
export function interceptHttp(interception: Interception): Observable<unknown> {
  const http = interception.context.switchToHttp()
  const request = http.getRequest<Held<IncomingRequest>>()
  const response = http.getResponse<Held<RawResponse>>()
  return handleInScope(interception.next, {
    open: () => enterHttpScope({ request, response }, interception),
    toResult: (value, scope) => {
      if (!isStream(value)) return of(value)
      return streamAnswer(new ScopedStream(scope, value), interception.context, interception.reflector)
    }
  })
}

function enterHttpScope(exchange: HttpExchange, { context, options, deadline }: Interception): RequestScope {
  const contextFor = (id: string) => options.context?.(context, id)
  const open = openScopeOf(exchange.request)
  if (open === undefined) {
    const id = identify(exchange, options)
    return openHttpScope(exchange, contextFor(id) ?? { id }, deadline)
  }
  open.enter(contextFor(open.context.id) ?? open.context, deadline)
  return open
}
