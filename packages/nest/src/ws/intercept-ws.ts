import { type Observable, of } from 'rxjs'
import { handleInScope } from '../scope/in-scope.js'
import { type Interception, messageContext } from '../scope/interception.js'
import { itemsOf } from '../scope/items-of.js'
import { type Emitter, onceOn } from '../scope/once-on.js'
import { RequestScope } from '../scope/request-scope.js'
import { isStream, ScopedStream } from '../stream/scoped-stream.js'
import { toWsException, wsPeer } from './ws-errors.js'

/** A client of `ws`, or of socket.io, which has no `readyState`. */
interface WsClient extends Emitter {
  readonly readyState?: number
  readonly connected?: boolean
}

const OPEN = 1

/** A handler of a gateway. */
export function interceptWs(interception: Interception): Observable<unknown> {
  wsPeer()
  const { context, next, deadline } = interception
  return handleInScope(next, {
    open: () =>
      new RequestScope({
        context: messageContext(interception),
        deadline,
        watch: scope => watchClient(context.switchToWs().getClient<WsClient>(), scope),
        toException: toWsException
      }),
    toResult: (value, scope) => (isStream(value) ? itemsOf(new ScopedStream(scope, value)) : of(value)),
    onUnsubscribe: scope => scope.leave()
  })
}

function watchClient(client: WsClient, scope: RequestScope): () => void {
  const isNative = client.readyState !== undefined
  const isOpen = isNative ? client.readyState === OPEN : client.connected !== false
  if (!isOpen) scope.leave()
  return onceOn(client, isNative ? 'close' : 'disconnect', () => scope.leave())
}
