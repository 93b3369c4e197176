import { type Observable, of } from 'rxjs'
import { isStream, ScopedStream } from '../stream/scoped-stream.js'
import { handleInScope } from './in-scope.js'
import { type Interception, messageContext } from './interception.js'
import { itemsOf } from './items-of.js'
import { RequestScope, type RequestScopeOptions } from './request-scope.js'

/** Runs a message's handler in a scope of its own; a stream that it returns is sent item by item. */
export function interceptMessage(
  interception: Interception,
  { watch, toException }: Pick<RequestScopeOptions, 'watch' | 'toException'>
): Observable<unknown> {
  return handleInScope(interception.next, {
    open: () =>
      new RequestScope({
        context: messageContext(interception),
        deadline: interception.deadline,
        watch,
        toException
      }),
    toResult: (value, scope) => (isStream(value) ? itemsOf(new ScopedStream(scope, value)) : of(value)),
    onUnsubscribe: scope => scope.leave()
  })
}
