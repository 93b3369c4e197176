import { type Held, type RawResponse, rawOf } from '../http/raw-http.js'
import type { IncomingRequest } from '../http/request-id.js'

/** Where the drivers of Apollo and mercurius keep the request, on Express and Fastify. */
export interface GraphqlContext {
  readonly req?: Held<IncomingRequest> & { readonly res?: RawResponse }
  readonly res?: Held<RawResponse>
  readonly reply?: Held<RawResponse> & { readonly request?: Held<IncomingRequest> }
}

/** The HTTP request of an operation and its response, as far as the driver's context has them. */
export function exchangeOf(context: GraphqlContext | undefined): {
  readonly request: Held<IncomingRequest> | undefined
  readonly response: RawResponse | undefined
} {
  const { req, res, reply } = context ?? {}
  const held = res ?? reply ?? req?.res
  const response = held === undefined ? undefined : rawOf(held)
  // Other libraries have a subscription's connection there, which is not a response.
  const isResponse = typeof response?.writableFinished === 'boolean' && typeof response.on === 'function'
  return { request: req ?? reply?.request, response: isResponse ? response : undefined }
}
