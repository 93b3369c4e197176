import { leaveScope } from '@bridge/core/internal'
import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor
} from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import { Observable } from 'rxjs'
import { interceptGraphql } from '../graphql/intercept-graphql.js'
import { interceptHttp } from '../http/intercept-http.js'
import type { BridgeModuleOptions } from '../module/options.js'
import { BRIDGE_OPTIONS } from '../module/tokens.js'
import { interceptRpc } from '../rpc/intercept-rpc.js'
import { interceptWs } from '../ws/intercept-ws.js'
import { decoratedDeadline } from './deadline.js'
import type { Interception } from './interception.js'
import { isSkipped } from './skip-bridge.js'

/**
 * Runs a handler in a scope with its request's context, deadline and disconnect, which every call made inside inherits,
 * also in each step of a stream; and maps errors of calls to exceptions. For the whole application, a controller, gateway
 * or resolver, or one handler; over HTTP, RPC, WebSocket and GraphQL.
 *
 * @example
 * ```ts
 * @Module({ providers: [{ provide: APP_INTERCEPTOR, useClass: BridgeInterceptor }] })
 * class AppModule {}
 * ```
 */
@Injectable()
export class BridgeInterceptor implements NestInterceptor {
  readonly #options: BridgeModuleOptions
  readonly #reflector: Reflector

  constructor(
    @Inject(BRIDGE_OPTIONS) options: BridgeModuleOptions,
    // Injected by name, because not every tool that builds this file emits the type metadata that Nest would read.
    @Inject(Reflector) reflector: Reflector
  ) {
    this.#options = options
    this.#reflector = reflector
  }

  /** Called by Nest. */
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (isSkipped(this.#reflector, context)) return outsideScope(next)
    const interception = {
      context,
      next,
      options: this.#options,
      reflector: this.#reflector,
      deadline: decoratedDeadline(this.#reflector, context) ?? this.#options.deadline
    }
    return BY_TYPE[context.getType<string>()]?.(interception) ?? next.handle()
  }
}

const BY_TYPE: Readonly<Record<string, (interception: Interception) => Observable<unknown>>> = {
  http: interceptHttp,
  rpc: interceptRpc,
  ws: interceptWs,
  graphql: interceptGraphql
}

/** Leaves the scope that a middleware may have opened around the handler. */
function outsideScope(next: CallHandler): Observable<unknown> {
  return new Observable(subscriber => leaveScope(() => next.handle().subscribe(subscriber)))
}
