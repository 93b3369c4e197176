import type { CallHandler } from '@nestjs/common'
import { concatMap, Observable } from 'rxjs'
import type { RequestScope } from './request-scope.js'

/** How a handler is run in a scope. */
export interface InScope {
  /** Opens the scope, or enters the one that is open. */
  readonly open: () => RequestScope
  /** What is sent for a value that the handler gave. */
  readonly toResult: (value: unknown, scope: RequestScope) => Observable<unknown>
  /** Called when the result is not wanted any more, before the handler has given all of it. */
  readonly onUnsubscribe?: (scope: RequestScope) => void
}

/** The handler's result, with all of the handler's code inside of the scope. */
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
