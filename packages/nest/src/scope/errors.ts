import { CallTimeoutError, ExecutorClosedError, QueueFullError, WorkerLostError } from '@bridge/core'
import { classNamesOf } from '@bridge/core/internal'
import { GatewayTimeoutException, HttpException, ServiceUnavailableException } from '@nestjs/common'

const CLIENT_CLOSED = Symbol.for('@bridge/nest/error/ClientClosedRequestException')

/**
 * The client closed the connection before its answer was complete. No client reads the answer any more; filters
 * and logs see status 499, as nginx has it, and not an error of the server. `instanceof`, and so `@Catch()`, knows
 * also those that the other copy of this package has made (CommonJS beside ESM).
 *
 * @example
 * ```ts
 * @Catch(ClientClosedRequestException)
 * class Quiet implements ExceptionFilter { catch() {} }
 * ```
 */
export class ClientClosedRequestException extends HttpException {
  constructor(cause: unknown) {
    super('Client Closed Request', 499, { cause })
    Object.defineProperty(this, CLIENT_CLOSED, { value: true })
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    // A subclass keeps its own meaning of `instanceof`.
    // biome-ignore lint/complexity/noThisInStatic: whichever subclass is asked
    if (this !== ClientClosedRequestException) return Function.prototype[Symbol.hasInstance].call(this, value)
    return typeof value === 'object' && value !== null && CLIENT_CLOSED in value
  }
}

/**
 * The exception that answers an HTTP request for an error of a call: 504 for a timeout; 503 for a full queue, a
 * closed executor and a lost worker; the original status and body for what a worker threw that descends from Nest's
 * `HttpException`. The error is its `cause`. Any other error is returned as it is, and nothing of it is sent to the
 * client, whatever it is called and whatever its `response` holds.
 *
 * @example
 * ```ts
 * throw toHttpException(error)
 * ```
 */
export function toHttpException(error: unknown): unknown {
  if (error instanceof HttpException) return error
  if (error instanceof CallTimeoutError) {
    return new GatewayTimeoutException(bodyOf(504, 'Gateway Timeout'), { cause: error })
  }
  if (
    error instanceof QueueFullError ||
    error instanceof ExecutorClosedError ||
    error instanceof WorkerLostError
  ) {
    return new ServiceUnavailableException(bodyOf(503, 'Service Unavailable'), { cause: error })
  }
  return isForeignHttpException(error)
    ? new HttpException(error.response, error.status, { cause: error })
    : error
}

/** What Nest 12 answers with; Nest 11 would leave the message out. */
function bodyOf(statusCode: number, message: string): object {
  return { message, statusCode }
}

interface HttpExceptionParts extends Error {
  readonly status: number
  readonly response: string | Record<string, unknown>
}

/*
 * A Nest exception thrown in a worker is of another thread's class, so it is known by what it was an instance of there
 * and by the fields that Nest's constructor sets. Other libraries' errors have a `status` and a `response` too (of a
 * database, of another server), and their responses must not be sent to a client.
 */
function isForeignHttpException(error: unknown): error is HttpExceptionParts {
  if (!(error instanceof Error) || !classNamesOf(error).includes('HttpException')) return false
  if (!['response', 'status', 'options'].every(field => Object.hasOwn(error, field))) return false
  const { status, response } = error as HttpExceptionParts
  const isStatus = Number.isInteger(status) && status >= 400 && status < 600
  return isStatus && (typeof response === 'string' || (typeof response === 'object' && response !== null))
}
