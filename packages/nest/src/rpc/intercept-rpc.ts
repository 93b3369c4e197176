import { type Observable, of } from 'rxjs'
import { handleInScope } from '../scope/in-scope.js'
import { type Interception, messageContext } from '../scope/interception.js'
import { itemsOf } from '../scope/items-of.js'
import { type Emitter, onceOn } from '../scope/once-on.js'
import { RequestScope } from '../scope/request-scope.js'
import { isStream, ScopedStream } from '../stream/scoped-stream.js'
import { rpcPeer, toRpcException } from './rpc-errors.js'

/** A handler of a message or an event of a transport. */
export function interceptRpc(interception: Interception): Observable<unknown> {
  rpcPeer()
  const { context, next, deadline } = interception
  return handleInScope(next, {
    open: () =>
      new RequestScope({
        context: messageContext(interception),
        deadline,
        watch: scope => watchPeer(context.getArgs(), scope),
        toException: toRpcException
      }),
    toResult: (value, scope) => (isStream(value) ? itemsOf(new ScopedStream(scope, value)) : of(value)),
    onUnsubscribe: scope => scope.leave()
  })
}

interface TcpSocket extends Emitter {
  readonly destroyed: boolean
}

/** The part of a gRPC call that tells of its cancellation. */
interface GrpcCall extends Emitter {
  readonly cancelled: boolean
}

/** TCP tells by its socket that the client is gone, and gRPC by its call; brokers do not tell. */
function watchPeer([, ...args]: readonly unknown[], scope: RequestScope): () => void {
  for (const arg of args) {
    // A transport of one's own may have no context.
    if (typeof arg !== 'object' || arg === null) continue
    const socket = (arg as { getSocketRef?: () => { netSocket?: TcpSocket } }).getSocketRef?.().netSocket
    if (socket !== undefined) return watchEmitter(socket, 'close', socket.destroyed, scope)
    const call = arg as GrpcCall
    if (typeof call.cancelled === 'boolean' && typeof call.on === 'function') {
      return watchEmitter(call, 'cancelled', call.cancelled, scope)
    }
  }
  return () => undefined
}

function watchEmitter(emitter: Emitter, event: string, isGone: boolean, scope: RequestScope): () => void {
  if (isGone) scope.leave()
  return onceOn(emitter, event, () => scope.leave())
}
