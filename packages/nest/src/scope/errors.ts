import { CallTimeoutError, ExecutorClosedError, QueueFullError, WorkerLostError } from '@bridge/core'
import { GatewayTimeoutException, HttpException, ServiceUnavailableException } from '@nestjs/common'
import { registerNestExceptions } from './nest-exceptions.js'

registerNestExceptions()

const CLIENT_CLOSED = Symbol.for('@bridge/nest/error/ClientClosedRequestException')

/**
 * The client closed the connection before the response was complete. No client reads the response any more; filters and
 * logs see status 499, as nginx uses it, instead of a server error. `instanceof`, and so `@Catch()`, also recognizes
 * instances made by the other copy of this package (CommonJS beside ESM).
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
 * The HTTP exception for an error of a call: 504 for a timeout; 503 for a full queue, a closed executor and a lost worker.
 * The error is its `cause`. An error of a worker that extends Nest's `HttpException` arrives as one, and keeps its status
 * and body. Any other error is returned unchanged, and the client sees no details of it, whatever its name and its
 * `response`.
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

/** Whether the same call may succeed later, or on another worker. */
export function isBusy(error: unknown): error is Error {
  return (
    error instanceof QueueFullError ||
    error instanceof ExecutorClosedError ||
    error instanceof WorkerLostError
  )
}

/** The body that Nest 12 sends; Nest 11 would leave out the message. */
function bodyOf(statusCode: number, message: string): object {
  return { message, statusCode }
}
