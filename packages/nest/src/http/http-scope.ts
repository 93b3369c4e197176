import type { RequestContext } from '@bridge/context'
import { CallAbortedError, ExecutorClosedError } from '@bridge/core'
import type { BridgeModuleOptions } from '../module/options.js'
import { isBusy, toHttpException } from '../scope/errors.js'
import { onceOn } from '../scope/once-on.js'
import { RequestScope } from '../scope/request-scope.js'
import { type Held, type RawResponse, rawOf } from './raw-http.js'
import { echoHeader, type IncomingRequest, requestId } from './request-id.js'

/** Key of the scope on Node's request; the other copy of this package (CommonJS beside ESM) uses it, too. */
const SCOPE: unique symbol = Symbol.for('@bridge/nest/request-scope')

/** Seconds after which a client may retry when the pool was full, or a worker was lost. */
const RETRY_AFTER = '1'

/** A request and its response, as the platform provides them. */
export interface HttpExchange {
  readonly request: Held<IncomingRequest>
  readonly response: Held<RawResponse>
}

/** The scope that the middleware has opened for the request, if it ran. */
export function openScopeOf(request: Held<IncomingRequest>): RequestScope | undefined {
  return (rawOf(request) as { readonly [SCOPE]?: RequestScope })[SCOPE]
}

/** The id of the request; sets it on the response, too, if the options ask for that. */
export function identify(
  { request, response }: HttpExchange,
  { requestId: option }: BridgeModuleOptions
): string {
  const id = requestId(request, option)
  const header = echoHeader(option)
  if (header !== undefined) rawOf(response).setHeader(header, id)
  return id
}

/** Opens the scope of a request and watches its client by the response. */
export function openHttpScope(
  { response }: HttpExchange,
  context: RequestContext,
  deadline: number | undefined
): RequestScope {
  const raw = rawOf(response)
  return new RequestScope({
    context,
    deadline,
    watch: scope => watchResponse(raw, scope),
    toException: error => toAnswer(error, raw)
  })
}

/** Stores the scope, so that code after the middleware finds it. */
export function keepScope(request: Held<IncomingRequest>, scope: RequestScope): void {
  Object.defineProperty(rawOf(request), SCOPE, { value: scope })
}

/** The exception for an error of a call. Sets `Retry-After` on the response if a retry may succeed. */
export function toAnswer(error: unknown, response: RawResponse): unknown {
  if (isBusy(error) && !response.headersSent) response.setHeader('retry-after', RETRY_AFTER)
  // The application shuts down, and its server would wait for a keep-alive connection, on Fastify for a minute.
  if (error instanceof ExecutorClosedError && !response.headersSent) response.setHeader('connection', 'close')
  return toHttpException(error)
}

/** Notifies the scope when the response has ended; returns a function that stops watching. */
export function watchResponse(response: RawResponse, scope: RequestScope): () => void {
  const onClose = (): void => {
    if (response.writableFinished) scope.finish()
    else {
      scope.leave(new CallAbortedError('The client closed the connection before the response was complete'))
    }
  }
  if (response.destroyed) {
    onClose()
    return () => undefined
  }
  const stop = onceOn(response, 'close', onClose)
  // A response that is queued behind others on its connection gets no event from Node when the connection closes.
  const connection = response.socket === null ? response.req?.socket : undefined
  if (typeof connection?.on !== 'function') return stop
  if (connection.destroyed === true) onClose()
  const stopConnection = onceOn(connection, 'close', onClose)
  return () => {
    stop()
    stopConnection()
  }
}
