import { BridgeError, CallAbortedError, CallTimeoutError } from '@bridge/core'
import { ClientClosedRequestException, isBusy } from './errors.js'

/** What a client outside of HTTP may know of an error of a call: nothing of its message, which may name files and data. */
export interface ClientError {
  /** As GraphQL servers name theirs, and as the statuses of HTTP are called. */
  readonly code: string
  readonly message: string
  /** The status that HTTP would have. */
  readonly status: number
}

/** Undefined for what is no error of a call but of the application, which Nest and its filters know. */
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

/** The error that a client sees, with the one that it came from for logs and filters alone. */
export function withCause<E extends Error>(error: E, cause: unknown): E {
  return Object.defineProperty(error, 'cause', { value: cause, configurable: true, writable: true })
}
