import { registerErrorsWhere } from '@bridge/core/internal'
import type { ArgumentsHost } from '@nestjs/common'
import { clientErrorOf, withCause } from '../scope/client-errors.js'
import { optionalPeer } from '../scope/optional-peer.js'

/** The part of `@nestjs/microservices` that is used here. */
interface RpcPeer {
  readonly RpcException: new (error: string | object) => Error
  readonly BaseRpcExceptionFilter: new () => { catch(exception: unknown, host: ArgumentsHost): unknown }
}

const load = optionalPeer<RpcPeer>('@nestjs/microservices')

/** It is loaded; a worker's exceptions arrive as its class from then on. */
export function rpcPeer(): RpcPeer {
  const peer = load()
  registerErrorsWhere({ RpcException: peer.RpcException }, ({ properties }) =>
    properties.some(([key]) => key === 'error')
  )
  return peer
}

/** The exception that answers a message for an error of a call; any other is returned as it is. */
export function toRpcException(error: unknown): unknown {
  const known = clientErrorOf(error)
  if (known === undefined) return error
  const { code, message } = known
  return withCause(new (rpcPeer().RpcException)({ status: 'error', code, message }), error)
}
