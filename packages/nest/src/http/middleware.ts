import { Inject, Injectable, type MiddlewareConsumer } from '@nestjs/common'
import { ApplicationConfig, HttpAdapterHost } from '@nestjs/core'
import { BridgeExceptionFilter } from '../filter/exception-filter.js'
import type { BridgeModuleOptions } from '../module/options.js'
import { BRIDGE_OPTIONS } from '../module/tokens.js'
import { earlyContext } from './early-context.js'
import { type HttpExchange, identify, keepScope, openHttpScope, openScopeOf } from './http-scope.js'

/** Matches every path, with a global prefix and without, in both versions of Nest and on both platforms. */
const EVERY_PATH = '{*path}'

/** Opens a scope before anything else, if the options ask for it: guards, pipes, interceptors and filters run inside. */
@Injectable()
export class RequestMiddleware {
  readonly #options: BridgeModuleOptions
  readonly #config: ApplicationConfig
  readonly #adapterHost: HttpAdapterHost

  constructor(
    @Inject(BRIDGE_OPTIONS) options: BridgeModuleOptions,
    @Inject(ApplicationConfig) config: ApplicationConfig,
    @Inject(HttpAdapterHost) adapterHost: HttpAdapterHost
  ) {
    this.#options = options
    this.#config = config
    this.#adapterHost = adapterHost
  }

  /** To be called by the module's `configure`: by then its options exist, also those made by a factory. */
  mount(consumer: MiddlewareConsumer): void {
    if (this.#options.middleware !== true) return
    this.#config.addGlobalFilter(new BridgeExceptionFilter(this.#adapterHost, this.#config))
    consumer.apply(openRequest(this.#options)).forRoutes(EVERY_PATH)
  }
}

function openRequest(options: BridgeModuleOptions) {
  return function bridgeRequest(
    request: HttpExchange['request'],
    response: HttpExchange['response'],
    next: () => void
  ): void {
    // A path that is matched by two routes of a middleware gets here twice.
    const open = openScopeOf(request)
    if (open !== undefined) return next()
    const exchange = { request, response }
    const id = identify(exchange, options)
    const context = options.context?.(earlyContext(request, response, next), id) ?? { id }
    const scope = openHttpScope(exchange, context, options.deadline)
    keepScope(request, scope)
    scope.run(next)
  }
}
