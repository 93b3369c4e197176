import { CallTimeoutError, ExecutorClosedError, QueueFullError, WorkerLostError } from '@bridge/core'
import { GatewayTimeoutException, HttpException, ServiceUnavailableException } from '@nestjs/common'
import { registerNestExceptions } from './nest-exceptions.js'

registerNestExceptions()

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
 * closed executor and a lost worker. The error is its `cause`. What a worker threw that descends from Nest's
 * `HttpException` is one here as well, and keeps its status and body. Any other error is returned as it is, and nothing
 * of it is sent to the client, whatever it is called and whatever its `response` holds.
 *
 * @example
 * ```ts
 * throw toHttpException(error)
 * ```
 */
export function toHttpException(error: unknown): unknown {
  if (error instanceof CallTimeoutError) {
    return new GatewayTimeoutException(bodyOf(504, 'Gateway Timeout'), { cause: error })
  }
  if (isBusy(error)) {
    return new ServiceUnavailableException(bodyOf(503, 'Service Unavailable'), { cause: error })
  }
  return error
}

/** Whether the same call may well succeed later, or elsewhere. */
export function isBusy(error: unknown): error is Error {
  return (
    error instanceof QueueFullError ||
    error instanceof ExecutorClosedError ||
    error instanceof WorkerLostError
  )
}

/** What Nest 12 answers with; Nest 11 would leave the message out. */
function bodyOf(statusCode: number, message: string): object {
  return { message, statusCode }
}
