import { HttpException, Logger } from '@nestjs/common'

const logger = new Logger('BridgeInterceptor')

/**
 * What a client may be told of an error, which is what an answer of its exception would hold. Of an error that is no
 * `HttpException` it is told nothing, and the log everything.
 */
export function failedAnswer(error: unknown): object {
  if (!(error instanceof HttpException)) {
    logger.error(error)
    return { statusCode: 500, message: 'Internal server error' }
  }
  const response = error.getResponse()
  return typeof response === 'string' ? { statusCode: error.getStatus(), message: response } : response
}
