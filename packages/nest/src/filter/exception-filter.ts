import {
  CallAbortedError,
  CallTimeoutError,
  ExecutorClosedError,
  QueueFullError,
  WorkerLostError
} from '@bridge/core'
import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common'
import { ApplicationConfig, BaseExceptionFilter, HttpAdapterHost } from '@nestjs/core'
import { toGraphqlError } from '../graphql/graphql-errors.js'
import { openScopeOf, toAnswer } from '../http/http-scope.js'
import { type Held, type RawResponse, rawOf } from '../http/raw-http.js'
import type { IncomingRequest } from '../http/request-id.js'
import { rpcPeer, toRpcException } from '../rpc/rpc-errors.js'
import { toWsException, wsPeer } from '../ws/ws-errors.js'
import { catches } from './catches.js'

/**
 * Maps errors of calls that `BridgeInterceptor` does not see to exceptions: calls made in a guard, in a middleware or in an
 * interceptor around it. The exception is then passed to the application's filter that catches it, and otherwise answered
 * as Nest does. `forRoot({ middleware: true })` mounts it; without that, provide it like any other filter.
 *
 * @example
 * ```ts
 * @Module({ providers: [{ provide: APP_FILTER, useClass: BridgeExceptionFilter }] })
 * class AppModule {}
 * ```
 */
@Catch(CallTimeoutError, CallAbortedError, QueueFullError, ExecutorClosedError, WorkerLostError)
export class BridgeExceptionFilter implements ExceptionFilter {
  readonly #adapterHost: HttpAdapterHost
  readonly #config: ApplicationConfig

  constructor(
    @Inject(HttpAdapterHost) adapterHost: HttpAdapterHost,
    @Inject(ApplicationConfig) config: ApplicationConfig
  ) {
    this.#adapterHost = adapterHost
    this.#config = config
  }

  /** Called by Nest. */
  catch(error: unknown, host: ArgumentsHost): unknown {
    const exception = exceptionFor(error, host)
    const other = [...this.#config.getGlobalFilters()]
      .reverse()
      .find(filter => !(filter instanceof BridgeExceptionFilter) && catches(filter, exception))
    return other === undefined ? this.#answer(exception, host) : other.catch(exception, host)
  }

  #answer(exception: unknown, host: ArgumentsHost): unknown {
    const type = host.getType<string>()
    // An error that a resolver returns counts as thrown.
    if (type === 'graphql') return exception
    return baseFilter(type, this.#adapterHost).catch(exception, host)
  }
}

/** Nest's own filter for this type of host. */
function baseFilter(type: string, { httpAdapter }: HttpAdapterHost): ExceptionFilter {
  const Rpc = type === 'rpc' ? rpcPeer()?.BaseRpcExceptionFilter : undefined
  if (Rpc !== undefined) return new Rpc()
  const Ws = type === 'ws' ? wsPeer()?.BaseWsExceptionFilter : undefined
  return Ws === undefined ? new BaseExceptionFilter(httpAdapter) : new Ws()
}

function exceptionFor(error: unknown, host: ArgumentsHost): unknown {
  switch (host.getType<string>()) {
    case 'rpc':
      return toRpcException(error)
    case 'ws':
      return toWsException(error)
    case 'graphql':
      return toGraphqlError(error)
    default: {
      const http = host.switchToHttp()
      const scope = openScopeOf(http.getRequest<Held<IncomingRequest>>())
      return scope?.toException(error) ?? toAnswer(error, rawOf(http.getResponse<Held<RawResponse>>()))
    }
  }
}
