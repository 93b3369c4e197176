import type { Observable } from 'rxjs'
import { interceptMessage } from '../scope/intercept-message.js'
import type { Interception } from '../scope/interception.js'
import { type Emitter, onceOn } from '../scope/once-on.js'
import type { RequestScope } from '../scope/request-scope.js'
import { toWsException, wsPeer } from './ws-errors.js'

/** A client of `ws`, or of socket.io; the latter has no `readyState`. */
interface WsClient extends Emitter {
  readonly readyState?: number
  readonly connected?: boolean
}

const OPEN = 1

/** Runs a gateway's handler in a scope. */
export function interceptWs(interception: Interception): Observable<unknown> {
  wsPeer()
  return interceptMessage(interception, {
    watch: scope => watchClient(interception.context.switchToWs().getClient<WsClient>(), scope),
    toException: toWsException
  })
}

function watchClient(client: WsClient, scope: RequestScope): () => void {
  const isNative = client.readyState !== undefined
  const isOpen = isNative ? client.readyState === OPEN : client.connected !== false
  if (!isOpen) scope.leave()
  return onceOn(client, isNative ? 'close' : 'disconnect', () => scope.leave())
}
