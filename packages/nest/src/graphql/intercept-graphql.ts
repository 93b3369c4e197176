import { leaveScope, onAbort, reasonOf } from '@bridge/core/internal'
import { type Observable, of } from 'rxjs'
import { openScopeOf, watchResponse } from '../http/http-scope.js'
import { requestId } from '../http/request-id.js'
import { handleInScope } from '../scope/in-scope.js'
import { type Interception, messageContext } from '../scope/interception.js'
import { RequestScope } from '../scope/request-scope.js'
import { isStream, ScopedStream } from '../stream/scoped-stream.js'
import { toGraphqlError } from './graphql-errors.js'
import { exchangeOf, type GraphqlContext } from './graphql-exchange.js'
import { SubscriptionStream } from './subscription-stream.js'

/** A resolver of a query, a mutation or a subscription. */
export function interceptGraphql(interception: Interception): Observable<unknown> {
  const [, , context, info] = interception.context.getArgs<[unknown, unknown, GraphqlContext, ResolveInfo]>()
  const { request } = exchangeOf(context)
  const newId = request?.headers && (() => requestId(request, interception.options.requestId))
  const isSubscription = info?.operation?.operation === 'subscription'
  return handleInScope(interception.next, {
    // Several resolvers of one operation run in parallel, each with its own deadline.
    open: () => {
      const surroundings = messageContext(interception, newId)
      return leaveScope(
        () =>
          new RequestScope({
            context: surroundings,
            deadline: interception.deadline,
            watch: scope => (isSubscription ? () => undefined : watchExchange(context, scope)),
            toException: toGraphqlError
          })
      )
    },
    toResult: (value, scope) =>
      of(
        isSubscription && isStream(value)
          ? new SubscriptionStream(scope, new ScopedStream(scope, value))
          : value
      )
  })
}

interface ResolveInfo {
  readonly operation?: { readonly operation: string }
}

/** Notifies the scope when the HTTP client disconnects; returns a function that stops watching. */
function watchExchange(context: GraphqlContext, scope: RequestScope): () => void {
  const { request, response } = exchangeOf(context)
  const open = request && openScopeOf(request)
  if (open !== undefined) {
    if (open.signal.aborted) scope.leave(reasonOf(open.signal))
    return onAbort(open.signal, reason => scope.leave(reason))
  }
  return response === undefined ? () => undefined : watchResponse(response, scope)
}
