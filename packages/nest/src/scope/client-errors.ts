import { BridgeError, CallAbortedError, CallTimeoutError } from '@bridge/core'
import { ClientClosedRequestException, isBusy } from './errors.js'

/** What a client other than HTTP may see of an error of a call. Not its message, which may name files and data. */
export interface ClientError {
  /** In the style of GraphQL servers, after the names of HTTP statuses. */
  readonly code: string
  readonly message: string
  /** The equivalent HTTP status. */
  readonly status: number
}

/** Undefined for the application's own errors, which Nest and its filters handle. */
export function clientErrorOf(error: unknown): ClientError | undefined {
  if (error instanceof CallTimeoutError) {
    return { code: 'GATEWAY_TIMEOUT', message: 'Gateway Timeout', status: 504 }
  }
  if (isBusy(error)) return { code: 'SERVICE_UNAVAILABLE', message: 'Service Unavailable', status: 503 }
  if (error instanceof ClientClosedRequestException || error instanceof CallAbortedError) {
    return { code: 'CLIENT_CLOSED_REQUEST', message: 'Client Closed Request', status: 499 }
  }
  return error instanceof BridgeError
    ? { code: 'INTERNAL_SERVER_ERROR', message: 'Internal server error', status: 500 }
    : undefined
}

/** The error that a client sees; `cause` is only for logs and filters. */
export function withCause<E extends Error>(error: E, cause: unknown): E {
  return Object.defineProperty(error, 'cause', { value: cause, configurable: true, writable: true })
}
