import { HttpException, Logger } from '@nestjs/common'

const logger = new Logger('BridgeInterceptor')

/**
 * What a client may see of an error: the body with which its exception would be answered. An error that is not an
 * `HttpException` is logged, and the client sees no details of it.
 */
export function failedAnswer(error: unknown): object {
  if (!(error instanceof HttpException)) {
    logger.error(error)
    return { statusCode: 500, message: 'Internal server error' }
  }
  const response = error.getResponse()
  return typeof response === 'string' ? { statusCode: error.getStatus(), message: response } : response
}
