import type { Observable } from 'rxjs'
import { interceptMessage } from '../scope/intercept-message.js'
import type { Interception } from '../scope/interception.js'
import { type Emitter, onceOn } from '../scope/once-on.js'
import type { RequestScope } from '../scope/request-scope.js'
import { rpcPeer, toRpcException } from './rpc-errors.js'

/** Runs the handler of a transport's message or event in a scope. */
export function interceptRpc(interception: Interception): Observable<unknown> {
  rpcPeer()
  return interceptMessage(interception, {
    watch: scope => watchPeer(interception.context.getArgs(), scope),
    toException: toRpcException
  })
}

interface TcpSocket extends Emitter {
  readonly destroyed: boolean
}

/** The part of a gRPC call that reports its cancellation. */
interface GrpcCall extends Emitter {
  readonly cancelled: boolean
}

/** TCP reports a disconnected client by its socket, and gRPC by its call; brokers do not report it. */
function watchPeer([, ...args]: readonly unknown[], scope: RequestScope): () => void {
  for (const arg of args) {
    // A custom transport may have no context.
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
