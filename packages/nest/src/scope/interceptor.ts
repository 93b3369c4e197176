import { runScope } from '@bridge/core'
import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor
} from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import { concatMap, Observable, of } from 'rxjs'
import type { BridgeModuleOptions } from '../module/options.js'
import { BRIDGE_OPTIONS } from '../module/tokens.js'
import { isStream, ScopedStream } from '../stream/scoped-stream.js'
import { streamAnswer } from '../stream/stream-answer.js'
import { decoratedDeadline } from './deadline.js'
import { type IncomingRequest, requestId } from './request-id.js'
import { type ClosingResponse, RequestScope } from './request-scope.js'

/** Express's response is Node's own; Fastify's reply holds it. */
type OutgoingResponse = ClosingResponse & { readonly raw?: ClosingResponse }

/**
 * Surrounds a handler with its request's context, deadline and disconnect, which every call made inside
 * inherits, in each step of a stream too; and makes HTTP exceptions of the errors of calls. For the whole
 * application, a controller or a route. Outside of HTTP it sets the deadline only.
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
    // Named, because not every tool that builds this file emits the types that Nest would look at.
    @Inject(Reflector) reflector: Reflector
  ) {
    this.#options = options
    this.#reflector = reflector
  }

  /** Called by Nest. */
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const deadline = decoratedDeadline(this.#reflector, context) ?? this.#options.deadline
    if (context.getType() === 'http') return this.#interceptHttp(context, next, deadline)
    return deadline === undefined ? next.handle() : runScope({ timeout: deadline }, () => next.handle())
  }

  #interceptHttp(
    context: ExecutionContext,
    next: CallHandler,
    deadline: number | undefined
  ): Observable<unknown> {
    return new Observable(subscriber => {
      const response = context.switchToHttp().getResponse<OutgoingResponse>()
      const scope = new RequestScope({
        response: response.raw ?? response,
        context: this.#requestContext(context),
        deadline
      })
      const toBody = (value: unknown): Observable<unknown> => {
        if (!isStream(value)) return of(value)
        return streamAnswer(new ScopedStream(scope, value), context, this.#reflector)
      }
      const subscription = scope.run(() =>
        next
          .handle()
          .pipe(concatMap(toBody))
          .subscribe({
            next: value => subscriber.next(value),
            error: error => subscriber.error(scope.toException(error)),
            complete: () => subscriber.complete()
          })
      )
      return () => {
        subscription.unsubscribe()
        scope.release()
      }
    })
  }

  #requestContext(context: ExecutionContext) {
    const id = requestId(context.switchToHttp().getRequest<IncomingRequest>())
    return this.#options.context?.(context, id) ?? { id }
  }
}
