import type { CallHandler } from '@nestjs/common'
import { concatMap, Observable } from 'rxjs'
import type { RequestScope } from './request-scope.js'

/** How a handler runs in a scope. */
export interface InScope {
  /** Opens a scope, or enters the open one. */
  readonly open: () => RequestScope
  /** Makes what is sent for a value that the handler returned. */
  readonly toResult: (value: unknown, scope: RequestScope) => Observable<unknown>
  /** Called when the result is unsubscribed from before the handler has produced all of it. */
  readonly onUnsubscribe?: (scope: RequestScope) => void
}

/** The handler's result; all of the handler's code runs in the scope. */
export function handleInScope(
  next: CallHandler,
  { open, toResult, onUnsubscribe }: InScope
): Observable<unknown> {
  return new Observable(subscriber => {
    const scope = open()
    let isOver = false
    const subscription = scope.run(() =>
      next
        .handle()
        .pipe(concatMap(value => toResult(value, scope)))
        .subscribe({
          next: value => subscriber.next(value),
          error: error => {
            isOver = true
            subscriber.error(scope.toException(error))
          },
          complete: () => {
            isOver = true
            subscriber.complete()
          }
        })
    )
    return () => {
      if (!isOver) onUnsubscribe?.(scope)
      subscription.unsubscribe()
      scope.release()
    }
  })
}
